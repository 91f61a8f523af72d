/** The keys of the explanation: Escape closes it, Backspace goes one cell back. */

import { isTyping } from "./keys.js";
import { holdsKeyboard } from "./why.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

/** @param {KeyboardEvent} event @param {State} state @param {Actions} actions */
export function whyKey(event, { why, dialog }, actions) {
  if (!why || dialog || event.defaultPrevented || isTyping(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") actions.close_why(holdsKeyboard());
  if (event.key !== "Backspace" || !holdsKeyboard()) return;
  event.preventDefault();
  actions.back_to(why.trail.length - 2);
}
