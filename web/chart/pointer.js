/** The pointer on the loss chart: it reads the nearest point, and zooms by dragging. */

import { nearest } from "./line.js";

/** @import uPlot from "../vendor/uplot/uPlot.esm.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { Options } from "../ui/plot.js" */
/** @import { Range } from "./range.js" */
/** @import { Scene } from "./scene.js" */

/** Maximum distance of the pointer to a point. Pixels. */
const REACH = 48;
/** Minimum length of a drag (shorter is a click), and minimum size along an axis to zoom it. Pixels. */
const SHORTEST = 5;
const FLATTEST = 30;

/** Read the point nearest to the pointer, if close enough. @param {PointerEvent} event @param {Scene} scene @param {Actions} actions */
export function point({ currentTarget, clientX, clientY, pointerType, buttons }, { drawing, log }, actions) {
  const over = /** @type {HTMLElement} */ (currentTarget).querySelector(".u-over");
  if (!over || (pointerType === "mouse" && buttons > 0)) return;
  const { left, top, width, height } = over.getBoundingClientRect();
  const place = {
    x: (/** @type {number} */ value) => width * share(value, drawing.across, false),
    y: (/** @type {number} */ value) => height * (1 - share(value, drawing.up, log)),
  };
  actions.chart.point(nearest(drawing.lines, place, { x: clientX - left, y: clientY - top }, REACH));
}

/** Position of a value in a range, from 0 to 1 within it. @param {number} value @param {Range} range @param {boolean} log */
export function share(value, [low, high], log) {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** @param {Actions} actions @returns {Pick<Options, "cursor" | "hooks">} */
export const zoomable = (actions) => ({
  cursor: {
    y: false,
    points: { show: false },
    dataIdx: () => 0,
    drag: { x: true, y: true, uni: FLATTEST, dist: SHORTEST, setScale: false },
    bind: {
      dblclick: () => () => {
        actions.chart.zoom(null);
        return null;
      },
    },
  },
  hooks: { setSelect: [(plot) => select(plot, actions)] },
});

/** Zoom to the dragged range. @param {uPlot} plot @param {Actions} actions */
function select(plot, actions) {
  const { left, top, width, height } = plot.select;
  if (width === 0 && height === 0) return;
  const { clientWidth, clientHeight } = plot.over;
  /** @type {(scale: "x" | "y", from: number, to: number) => Range} */
  const between = (scale, from, to) => [plot.posToVal(from, scale), plot.posToVal(to, scale)];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  actions.chart.zoom({
    across: width < clientWidth ? between("x", left, left + width) : null,
    up: height < clientHeight ? between("y", top + height, top) : null,
  });
}
