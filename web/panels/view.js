/** The tabs of the panels, the splitter, and which panel the page shows. */

import { roam } from "../ui/roam.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { consoleHeight, GUIDE, isShown, SWEEP, TABS, tabsOf } from "./state.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Tab } from "./state.js" */

/** Elements that take the keyboard; a panel without any takes it itself. */
const FOCUSABLE = "a[href], button:not(:disabled), input, select, textarea, summary, [tabindex='0']";
/** Room at the end of the row of tabs, which fades. CSS pixels. */
const FADE = 16;
/** Arrow keys change the height by this. CSS pixels. */
const STRIDE = 16;

const ROOM = html`<span class="panels-badge empty" aria-hidden="true"></span>`;

/** @param {State} state @param {Actions} actions */
export function tabs(state, actions) {
  const { tab: chosen, collapsed, side } = state.panels;
  return html`
    <div class="panels-tabs" role="tablist" @keydown=${roam}>
      ${tabsOf(state).map(
        ({ id, title }) => html`
          <button
            type="button"
            role="tab"
            id="tab-${id}"
            aria-controls="panel-${id}"
            aria-selected=${id === chosen ? "true" : "false"}
            tabindex=${id === chosen ? 0 : -1}
            @click=${() => actions.panels.show(id)}
          >${title}${badge(id, state)}</button>
        `,
      )}
    </div>
    <div class="panels-ends">
      <button type="button" class="icon panels-side" title=${side === "right" ? "Panels below" : "Panels at the right"}
        aria-label=${side === "right" ? "Move the panels below" : "Move the panels to the right"}
        @click=${() => actions.panels.setSide(side === "right" ? "bottom" : "right")}>
        <svg viewBox="0 0 20 20" aria-hidden="true"><rect x="3" y="4" width="14" height="12" rx="2" /><path d=${side === "right" ? "M3 11.5h14" : "M12 4v12"} /></svg>
      </button>
      <button type="button" class="icon" aria-expanded=${collapsed ? "false" : "true"} aria-label="Panels and chart" title=${collapsed ? "Open the panels  `" : "Collapse the panels  `"}
        @click=${actions.panels.toggle}>
        <svg viewBox="0 0 20 20" aria-hidden="true"><path d=${collapsed ? "M5 12.5 10 7.5 15 12.5" : "M5 7.5 10 12.5 15 7.5"} /></svg>
      </button>
    </div>
  `;
}

/** Whether the person's code differs from the version that trains the run. @param {State} state */
const isEdited = ({ run, code }) => run?.code.edited === true || Object.keys(code.typed).length > 0;

/** A number for the eye, words for the ear; its room is there before it is. @param {Tab} id @param {State} state */
function badge(id, state) {
  if (id === "guide")
    return html` <span class="panels-badge" translate="no">${state.guide.at} of ${state.guide.done.length}</span>`;
  if (id === "runs") {
    const { length } = state.runs.list;
    return length > 0
      ? html`<span class="vh">, </span><span class="panels-badge" translate="no">${length}</span>`
      : ROOM;
  }
  if (id === "sweep") {
    const { sweep } = state.sweep;
    if (!sweep?.isRunning) return nothing;
    const ended = sweep.tasks.filter((task) => task.state === "done" || task.state === "failed").length;
    return html`<span class="vh">, </span><span class="panels-badge" translate="no">${ended} of ${sweep.tasks.length}</span>`;
  }
  if (id === "code")
    return isEdited(state) ? html`<span class="panels-badge edited"><span class="vh">, edited</span></span>` : nothing;
  if (id !== "flow") return nothing;
  const { answer } = state.flow.gradients;
  if (!answer) return ROOM;
  const count = answer.warnings.length;
  if (!count) return html`<span class="panels-badge calm" aria-hidden="true"></span>`;
  return html`<span class="vh">, </span><span class="panels-badge warning" translate="no">${count}</span><span class="vh"> ${count === 1 ? "warning" : "warnings"}</span>`;
}

/** @param {State} state @param {Actions} actions */
export function splitter({ panels }, actions) {
  return html`
    <div
      class="panels-splitter"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of chart and panels"
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round((100 * consoleHeight(innerHeight, panels)) / innerHeight)}
      ${ref(tellHeight)}
      tabindex="0"
      @pointerdown=${grab}
      @pointermove=${(/** @type {PointerEvent} */ event) => drag(event, actions)}
      @dblclick=${() => actions.panels.setHeight(null)}
      @keydown=${(/** @type {KeyboardEvent} */ event) => stride(event, actions)}
    ></div>
  `;
}

/** Tell readers the height that the console has: it also takes what the network leaves. @param {Element | undefined} element */
function tellHeight(element) {
  const place = document.querySelector(".console");
  if (!element || !place) return;
  const observer = new ResizeObserver(([{ borderBoxSize }]) => {
    element.ariaValueNow = String(Math.round((100 * borderBoxSize[0].blockSize) / innerHeight));
  });
  observer.observe(place);
}

/** @param {PointerEvent} event */
function grab(event) {
  if (event.button !== 0) return;
  /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
}

/** @param {PointerEvent} event @param {Actions} actions */
function drag(event, actions) {
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  if (!element.hasPointerCapture(event.pointerId) || event.movementY === 0) return;
  actions.panels.setHeight(Math.round(innerHeight - event.clientY - element.offsetHeight / 2));
}

/** @param {KeyboardEvent} event @param {Actions} actions */
function stride(event, actions) {
  const by = { ArrowUp: STRIDE, ArrowDown: -STRIDE }[event.key];
  const { bottom } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
  if (event.key === "Enter") actions.panels.toggle();
  else if (by) actions.panels.setHeight(Math.round(innerHeight - bottom) + by);
  else return;
  event.preventDefault();
}

/** Place the console, and show one panel of those in index.html. @param {State} state */
export function arrange(state) {
  const { style, dataset } = document.documentElement;
  const { tab, collapsed, side, height } = state.panels;
  dataset.console = collapsed ? "collapsed" : "open";
  dataset.side = side;
  dataset.tab = tab;
  if (height === null) style.removeProperty("--console-height");
  else style.setProperty("--console-height", `${height}px`);
  for (const { id } of [GUIDE, SWEEP, ...TABS]) {
    const panel = document.getElementById(`panel-${id}`);
    if (!panel) continue;
    const isHidden = !isShown(state, id);
    if (panel.hidden && !isHidden) bringIntoView(id);
    if (panel.hidden !== isHidden) panel.hidden = isHidden; // to set it computes its style again
    if (isHidden || panel.querySelector(FOCUSABLE)) panel.removeAttribute("tabindex");
    else panel.tabIndex = 0;
  }
}

/** Scroll the row of tabs to one of them; nothing else. @param {Tab} id */
function bringIntoView(id) {
  const tab = document.getElementById(`tab-${id}`);
  const list = tab?.parentElement;
  if (!tab || !list) return;
  const { left, right } = tab.getBoundingClientRect();
  const view = list.getBoundingClientRect();
  if (left < view.left) list.scrollLeft -= view.left - left + FADE;
  else if (right > view.right - FADE) list.scrollLeft += right - view.right + FADE;
}
