/** Single keys, off while something is typed or a dialog is open. */

import { TABS } from "../panels/state.js";
import { isTyping } from "../ui/keyboard.js";

/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** Key as shown in Help, description, action. */
export const KEYS = /** @type {const} */ ([
  [
    "Space",
    "Play or pause",
    (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.training.playOrPause(),
  ],
  ["S", "Run single step", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.training.runSingle()],
  ["B", "Run batch", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.training.trainBatch()],
  ["E", "Run full epoch", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.training.trainEpoch()],
  [
    "R",
    "Reset the active run",
    (/** @type {State} */ state, /** @type {Actions} */ actions) => state.run && actions.runs.reset(state.run.id),
  ],
  [
    "U",
    "Undo the last change to a run; also Ctrl Z",
    (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.saving.undo(),
  ],
  [
    "N",
    "Phase by phase: next phase",
    (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.phases.next(),
  ],
  ["P", "Phase by phase: back", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.phases.back()],
  ...TABS.map(
    ({ id, title }, index) =>
      /** @type {const} */ ([
        String(index + 1),
        `Show the panel ${title}`,
        (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.panels.show(id),
      ]),
  ),
  [
    "`",
    "Collapse or open chart and panels",
    (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.panels.toggle(),
  ],
  ["[", "Slower", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.training.slower()],
  ["]", "Faster", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.training.faster()],
  [
    "-",
    "Smaller cells",
    (/** @type {State} */ state, /** @type {Actions} */ actions) => zoomed(state, actions).zoomBy(-1),
  ],
  [
    "0",
    "Cells as large as fits",
    (/** @type {State} */ { look }, /** @type {Actions} */ actions) =>
      look.at ? actions.look.usualSize() : actions.network.fit(),
  ],
  [
    "+",
    "Larger cells",
    (/** @type {State} */ state, /** @type {Actions} */ actions) => zoomed(state, actions).zoomBy(1),
  ],
  [
    "Z",
    "Look closely at the matrix pointed at, and back",
    (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.look.toggle(),
  ],
  [
    "G",
    "In a matrix: from a cell to its gradient, and back",
    (/** @type {State} */ { look }, /** @type {Actions} */ actions) =>
      look.at ? actions.look.swap() : actions.network.goToPartner(),
  ],
  [
    "I",
    "In a matrix: say the cell again, with its newest number",
    (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.network.sayAgain(),
  ],
  [
    "Shift P",
    "Present: larger numbers for a projector",
    (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.present.toggle(),
  ],
  ["?", "This help", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.page.showDialog("help")],
]);

/** The owner of the cells on the stage, which grow and shrink. @param {State} state @param {Actions} actions */
function zoomed({ look }, actions) {
  return look.at ? actions.look : actions.network;
}

/**
 * @param {KeyboardEvent} event
 * @param {State} state
 * @param {Actions} actions
 */
export function shortcut(event, state, actions) {
  if (!state.settings.shortcuts || state.page.dialog || event.defaultPrevented || event.repeat) return;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z") return undo(event, state, actions);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const name = nameOf(event);
  const entry = KEYS.find(([key]) => key === name);
  if (!entry || isTyping(event.target) || (name === "Space" && isPressable(event.target))) return;
  if (state.page.boot !== "ready" && name !== "?") return;
  event.preventDefault();
  entry[2](state, actions);
}

/** Ctrl Z, unless a field takes back what was typed. @param {KeyboardEvent} event @param {State} state @param {Actions} actions */
function undo(event, { page: { boot } }, actions) {
  if (isTyping(event.target) || boot !== "ready") return;
  event.preventDefault();
  actions.saving.undo();
}

/** Name of a key as in KEYS. @param {KeyboardEvent} event */
function nameOf({ key, shiftKey }) {
  if (key === " ") return "Space";
  return shiftKey && key === "P" ? "Shift P" : key.toUpperCase();
}

/** Whether Space already activates this element. @param {EventTarget | null} target */
const isPressable = (target) => target instanceof Element && target.matches("button, a, summary, input");
