/** Toasts, banners, and announcements for screen readers. */

import { newVersion } from "../offline/view.js";
import { notices, savingBanners } from "../saving/banners_view.js";
import { question, shared } from "../share/view.js";
import { stopNotice } from "../training/stopping_view.js";
import { isolated } from "../ui/bidi.js";
import { isTyping } from "../ui/keyboard.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { bootBanner, bootMessage, details } from "./boot_view.js";

/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** In the live region that is polite; announcements are for screen readers only. @param {State} state @param {Actions} actions */
export function messages(state, actions) {
  const {
    page: { announcement },
    saving: { undos, undoHidden, undoOver },
  } = state;
  return html`
    <p class="vh" translate="no" data-said>${announcement}</p>
    <div class="messages-list" translate="no" ${ref(measure)}>
      ${bootMessage(state, actions)} ${newVersion(state, actions)} ${notices(state, actions)} ${question(state, actions)} ${shared(state, actions)}
      ${undos.length && !undoHidden && !undoOver ? toast(undos, actions) : nothing}
    </div>
  `;
}

/** In the live region that interrupts: one fault or question at a time, the most urgent first, and the number of them. @param {State} state @param {Actions} actions */
export function banners(state, actions) {
  const { page } = state;
  const { unsaved, elsewhere, storage } = savingBanners(state, actions);
  const stop = stopNotice(state, actions);
  const diverged = state.run?.stopped?.reason === "diverged";
  const boot = bootBanner(state, actions);
  /** @type {[name: string, content: unknown][]} */
  const all = [
    ["failed", page.boot === "failed" ? boot : nothing],
    ["alert", page.alert ? failure(page.alert, actions) : nothing],
    ["diverged", diverged ? stop : nothing],
    ["silent", page.boot === "failed" ? nothing : boot],
    ["unsaved", unsaved],
    ["elsewhere", elsewhere],
    ["stopped", diverged ? nothing : stop],
    ["storage", storage],
  ];
  const there = all.filter(([, content]) => content !== nothing);
  if (there.length === 0) return nothing;
  const [first] = there[0];
  // A more urgent one is shown at once, whatever was chosen before.
  const wanted = page.banner?.first === first ? page.banner.shown : first;
  const at = Math.max(
    0,
    there.findIndex(([name]) => name === wanted),
  );
  const next = there[(at + 1) % there.length][0];
  const [name, content] = there[at];
  return html`${keyed(name, content)}${there.length > 1 ? counted(at, there.length, () => actions.page.showBanner({ first, shown: next })) : nothing}`;
}

/** @param {number} at @param {number} count @param {() => void} showNext */
const counted = (at, count, showNext) => html`
  <button type="button" class="banner-next" aria-label="Message ${at + 1} of ${count}: show the next one" @click=${showNext}><span translate="no">${at + 1} of ${count}</span></button>
`;

/**
 * Close the first message on Escape, unless Escape closes something else that is open.
 * @param {KeyboardEvent} event
 * @param {State} state
 * @param {Actions} actions
 */
export function messageKey(
  event,
  {
    page: { alert, dialog },
    share: { sharing },
    saving: { undos, undoHidden, undoOver },
    explain: { why },
    runs: { renaming },
  },
  actions,
) {
  if (event.key !== "Escape" || event.defaultPrevented || isTyping(event.target)) return;
  if (dialog || why || renaming || document.querySelector(":popover-open")) return;
  if (alert) actions.page.dismissAlert();
  else if (sharing.outcomes.length) actions.share.dismiss();
  else if (undos.length && !undoHidden && !undoOver)
    actions.saving.dismissUndo(document.activeElement?.closest(".messages-list") !== null);
}

/** Whether a message is pointed at or has the keyboard: then it stays. */
export const isHeld = () => document.querySelector(".messages-list:is(:hover, :focus-within)") !== null;

/** Publish the height of the messages to the style sheets. @param {Element | undefined} element */
function measure(element) {
  if (!(element instanceof HTMLElement)) return;
  const tell = () => {
    const { offsetHeight } = element;
    document.documentElement.style.setProperty("--messages-height", offsetHeight ? `${offsetHeight + 12}px` : "0px");
  };
  new ResizeObserver(tell).observe(element);
}

/** @param {NonNullable<State["page"]["alert"]>} alert @param {Actions} actions */
function failure({ title, message, traceback }, actions) {
  return html`
    <div class="banner failure">
      <p><strong>${title}:</strong> ${message}</p>
      ${details(traceback)}
      <button type="button" @click=${actions.page.dismissAlert}>Close</button>
    </div>
  `;
}

/** The newest undoable action, and the number of earlier ones. @param {State["saving"]["undos"]} undos @param {Actions} actions */
function toast([newest, ...earlier], actions) {
  const more = earlier.length ? ` ${earlier.length} earlier ${earlier.length === 1 ? "action" : "actions"}` : "";
  return html`
    <div class="message">
      <p>${isolated(newest.text)}${more ? html` <small>${more} can be undone too.</small>` : nothing}</p>
      <button type="button" class="primary" data-focus="undo" @click=${actions.saving.undo}>Undo</button>
      <button type="button" @click=${() => actions.saving.dismissUndo(true)}>Dismiss</button>
    </div>
  `;
}
