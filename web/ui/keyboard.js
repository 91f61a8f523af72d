/** Test for typing, when single keys must do nothing. */

/** @param {EventTarget | null} target */
export const isTyping = (target) =>
  target instanceof Element && target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
