/** Keys of the loss chart. */

/** @import { Actions } from "../page/actions.js" */

/** Points that Page Up and Page Down walk. */
const FAR = 20;
const CLOSER = 0.5;

/** @type {Record<string, (actions: Actions) => void>} */
const KEYS = {
  ArrowLeft: (actions) => actions.chart.walk(-1),
  ArrowRight: (actions) => actions.chart.walk(1),
  PageDown: (actions) => actions.chart.walk(FAR),
  PageUp: (actions) => actions.chart.walk(-FAR),
  Home: (actions) => actions.chart.walk(Number.NEGATIVE_INFINITY),
  End: (actions) => actions.chart.walk(Number.POSITIVE_INFINITY),
  ArrowUp: (actions) => actions.chart.changeLine(-1),
  ArrowDown: (actions) => actions.chart.changeLine(1),
  "+": (actions) => actions.chart.zoomAround(CLOSER),
  "-": (actions) => actions.chart.zoomAround(1 / CLOSER),
  0: (actions) => actions.chart.zoom(null),
  Escape: (actions) => actions.chart.leave(),
};

/** @param {KeyboardEvent} event @param {Actions} actions */
export function chartKeys(event, actions) {
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(actions);
}
