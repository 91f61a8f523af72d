/** The loss chart by keyboard. */

/** @typedef {import("../actions.js").Actions} Actions */

/** Points that Page Up and Page Down walk. */
const FAR = 20;
const CLOSER = 0.5;

/** @type {Record<string, (actions: Actions) => void>} */
const KEYS = {
  ArrowLeft: (actions) => actions.walk_chart(-1),
  ArrowRight: (actions) => actions.walk_chart(1),
  PageDown: (actions) => actions.walk_chart(FAR),
  PageUp: (actions) => actions.walk_chart(-FAR),
  Home: (actions) => actions.walk_chart(Number.NEGATIVE_INFINITY),
  End: (actions) => actions.walk_chart(Number.POSITIVE_INFINITY),
  ArrowUp: (actions) => actions.change_line(-1),
  ArrowDown: (actions) => actions.change_line(1),
  "+": (actions) => actions.zoom_around(CLOSER),
  "-": (actions) => actions.zoom_around(1 / CLOSER),
  0: (actions) => actions.zoom_chart(null),
  Escape: (actions) => actions.leave_chart(),
};

/** @param {KeyboardEvent} event @param {Actions} actions */
export function chartKeys(event, actions) {
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(actions);
}
