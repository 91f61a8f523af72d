/** The key of “Look closely” from anywhere: Escape goes back to the network. */

import { isTyping } from "../ui/keyboard.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** One press closes one thing: an explanation or an error first. @param {KeyboardEvent} event @param {State} state @param {Actions} actions */
export function lookKey(event, { look, explain, page }, actions) {
  if (event.key !== "Escape" || !look.at || explain.why || page.dialog || page.alert) return;
  if (event.defaultPrevented || isTyping(event.target)) return;
  event.preventDefault();
  actions.look.close();
}
