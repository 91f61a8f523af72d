/** The dialogs: New run, Twin, sample lens and help; and the sign that files can be dropped. */

import { lens } from "../lens/view.js";
import { fitWords } from "../network/fit.js";
import { newRun } from "../runs/new_run_view.js";
import { twin } from "../runs/twin_view.js";
import { dropTarget } from "../share/view.js";
import { sweepForm } from "../sweep/form_view.js";
import { allSettings } from "../training/sheet_view.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { help } from "./help_view.js";

/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** @param {State} state @param {Actions} actions */
export function dialogs(state, actions) {
  const { dialog: open } = state.page;
  const { closeDialog: close } = actions.page;
  const twinOf = state.runs.list.find(({ id }) => id === state.runs.twin?.id)?.name;
  return html`
    ${dialog({ id: "new-run", title: "New run", kind: "sheet", open: open === "new_run", content: () => newRun(state, actions, (plan) => fitWords(plan, state.network.stage)), close })}
    ${dialog({ id: "twin", title: twinOf ? `Twin of ${twinOf}` : "Twin", kind: "sheet", open: open === "twin", content: () => twin(state, actions), close })}
    ${dialog({ id: "sweep-form", title: "New sweep", kind: "sheet", open: open === "sweep", content: () => sweepForm(state, actions), close })}
    ${dialog({ id: "lens", title: "Per sample", open: open === "lens", content: () => lens(state, actions), close })}
    ${dialog({ id: "all-settings", title: "Settings", kind: "sheet", open: open === "settings", content: () => allSettings(state, actions), close })}
    ${dialog({ id: "help", title: "Help", kind: "sheet", open: open === "help", content: () => help(state, actions), close })}
    ${dropTarget(state)}
  `;
}

/** Focus the radio button that is chosen, or the first one. @param {HTMLElement} element */
function focusRadio(element) {
  const radio = element.querySelector("input[type=radio]:checked") ?? element.querySelector("input[type=radio]");
  if (radio instanceof HTMLElement) radio.focus();
}

/**
 * @typedef {object} Dialog
 * @property {string} id
 * @property {string} title
 * @property {"sheet"} [kind]  a sheet comes from the right and has the height of the window
 * @property {boolean} open
 * @property {() => unknown} content
 * @property {() => unknown} close
 */

/** @param {Dialog} dialog */
function dialog({ id, title, kind, open, content, close }) {
  // `showModal`, unlike the attribute `open`, keeps the keyboard inside and the rest of the page out of reach.
  const show = (/** @type {Element | undefined} */ element) => {
    if (!(element instanceof HTMLDialogElement) || element.open === open) return;
    if (open) {
      element.showModal();
      // The contents are drawn after this call.
      queueMicrotask(() => focusRadio(element));
    } else element.close();
  };
  // The event is delayed: the dialog may have been reopened.
  const closed = (/** @type {Event} */ { target }) =>
    open && target instanceof HTMLDialogElement && !target.open && close();
  return html`
    <dialog id=${id} class=${kind ? `page-${kind}` : ""} aria-labelledby="${id}-title" ${ref(show)} @close=${closed}>
      <header>
        <h2 id="${id}-title" translate="no">${title}</h2>
        <button type="button" class="icon" aria-label="Close ${title}" @click=${close}>✕</button>
      </header>
      ${open ? content() : nothing}
    </dialog>
  `;
}
