/** An activation function around one of its points, with the tangent, as coordinates. */

/** @typedef {{x: number, y: number}} Point */
/**
 * @typedef {object} Drawing
 * @property {string} curve     points of a polyline
 * @property {Point} point
 * @property {[Point, Point]} tangent
 * @property {Point} origin     where the axes cross
 */

export const WIDTH = 240;
export const HEIGHT = 132;
const MARGIN = 6;
/** Minimum range of z to both sides. */
const REACH = 4;
/** Range beyond the point, as a factor. */
const BEYOND = 1.25;
const STEPS = 96;
/** Above and below the curve, as a share of its height. */
const ROOM = 0.15;
/** Half the tangent's length, as a share of the width. */
const TANGENT = 0.22;

/**
 * @param {(z: number) => number} f @param {{z: number, a: number, slope: number}} at all finite
 * @returns {Drawing}
 */
export function tangentTo(f, { z, a, slope }) {
  const reach = Math.max(REACH, Math.abs(z) * BEYOND);
  const zs = Array.from({ length: STEPS + 1 }, (_, i) => reach * ((2 * i) / STEPS - 1));
  const values = zs.map(f);
  const [lowest, highest] = [Math.min(...values, a), Math.max(...values, a)];
  const room = ROOM * (highest - lowest);
  const [low, high] = [lowest - room, highest + room];
  const x = (/** @type {number} */ at) => WIDTH / 2 + (at / reach) * (WIDTH / 2 - MARGIN);
  const y = (/** @type {number} */ at) => HEIGHT - MARGIN - ((at - low) / (high - low)) * (HEIGHT - 2 * MARGIN);
  const point = { x: x(z), y: y(a) };
  // As long on the screen whatever the slope is.
  const run = { x: x(1) - x(0), y: slope * (y(1) - y(0)) };
  const length = (TANGENT * WIDTH) / Math.hypot(run.x, run.y);
  const end = (/** @type {number} */ side) => ({
    x: point.x + side * length * run.x,
    y: point.y + side * length * run.y,
  });
  return {
    curve: zs.map((at, i) => `${x(at).toFixed(2)},${y(values[i]).toFixed(2)}`).join(" "),
    point,
    tangent: [end(-1), end(1)],
    origin: { x: x(0), y: y(0) },
  };
}
