/** The wheel over the network: with Ctrl the size of cells, else windows of long axes. */

import { baseName } from "../tensors/names.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { Plan } from "./geometry.js" */
/** @import { Windows } from "./windows.js" */

/** Pixels of the wheel for one size, and for one unit of a window. */
const PER_SIZE = 60;
const PER_UNIT = 25;
let turned = 0;

/** @param {Plan} plan @param {Windows} windows @param {Actions} actions @returns {(event: WheelEvent) => void} */
export function wheelOf(plan, windows, actions) {
  return (event) => {
    if (event.ctrlKey) return zoomAbout(event, actions);
    const axis = axisUnder(event, plan);
    if (!axis) return;
    event.preventDefault();
    turned += event.deltaY || event.deltaX;
    const units = Math.trunc(turned / PER_UNIT);
    turned -= units * PER_UNIT;
    if (units) actions.network.scrollWindow(axis, (windows[axis] ?? 0) + units);
  };
}

/** The axis of the matrix under the pointer that has a window. @param {WheelEvent} event @param {Plan} plan */
function axisUnder({ target, shiftKey }, plan) {
  const canvas = target instanceof HTMLCanvasElement ? target.dataset.tensor : undefined;
  const box = plan.boxes.get(baseName(canvas ?? ""));
  const axis = shiftKey ? box?.along : box?.down;
  return plan.strips.find((strip) => strip.axis === axis)?.axis;
}

/** Keep the point under the pointer in its place. @param {WheelEvent} event @param {Actions} actions */
function zoomAbout(event, actions) {
  event.preventDefault();
  turned += event.deltaY;
  if (Math.abs(turned) < PER_SIZE) return;
  const body = event.target instanceof Element ? event.target.closest(".network-body") : null;
  const ratio = actions.network.zoomBy(turned > 0 ? -1 : 1);
  turned = 0;
  if (!body) return;
  const { left, top } = body.getBoundingClientRect();
  const [x, y] = [event.clientX - left, event.clientY - top];
  const wanted = [(body.scrollLeft + x) * ratio - x, (body.scrollTop + y) * ratio - y];
  requestAnimationFrame(() => requestAnimationFrame(() => body.scrollTo(wanted[0], wanted[1])));
}
