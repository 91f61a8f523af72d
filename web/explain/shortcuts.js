/** Keys of the explanation: Escape closes it, Backspace goes one cell back. */

import { isTyping } from "../ui/keyboard.js";
import { holdsKeyboard } from "./view.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/**
 * @param {KeyboardEvent} event
 * @param {State} state
 * @param {Actions} actions
 */
export function whyKey(event, { explain: { why }, page: { dialog } }, actions) {
  if (!why || dialog || event.defaultPrevented || isTyping(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") actions.explain.close(holdsKeyboard());
  if (event.key !== "Backspace" || !holdsKeyboard()) return;
  event.preventDefault();
  actions.explain.backTo(why.trail.length - 2);
}
