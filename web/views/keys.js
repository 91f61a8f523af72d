/** Single keys, for people with both hands at the keyboard. They do nothing while something is typed or a dialog is open. */

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

/** Key, as it is printed in the help; what it does in words; and what it does. */
export const KEYS = /** @type {const} */ ([
  [
    "Space",
    "Play or pause",
    (/** @type {State} */ state, /** @type {Actions} */ actions) => (state.playing ? actions.pause() : actions.play()),
  ],
  ["S", "Run single step", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.run_single()],
  ["B", "Run batch", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.train_batch()],
  ["E", "Run full epoch", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.train_epoch()],
  [
    "R",
    "Reset the active run",
    (/** @type {State} */ state, /** @type {Actions} */ actions) => state.run && actions.reset(state.run.id),
  ],
  ["N", "Phase by phase: next phase", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.next_phase()],
  ["P", "Phase by phase: back", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.last_phase()],
  ["?", "This help", (/** @type {State} */ _, /** @type {Actions} */ actions) => actions.show_dialog("help")],
]);

/** @param {KeyboardEvent} event @param {State} state @param {Actions} actions */
export function shortcut(event, state, actions) {
  if (!state.shortcuts || state.dialog || event.defaultPrevented || event.repeat) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const name = event.key === " " ? "Space" : event.key.toUpperCase();
  const entry = KEYS.find(([key]) => key === name);
  if (!entry || isTyping(event.target) || (name === "Space" && isPressable(event.target))) return;
  if (state.boot !== "ready" && name !== "?") return;
  event.preventDefault();
  entry[2](state, actions);
}

/** @param {EventTarget | null} target */
export const isTyping = (target) =>
  target instanceof Element && target.matches("input:not([type=radio], [type=checkbox]), textarea, select");

/** What Space already does something to. @param {EventTarget | null} target */
const isPressable = (target) => target instanceof Element && target.matches("button, a, summary, input");
