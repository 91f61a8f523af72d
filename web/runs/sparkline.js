/** The path of a sparkline: a few points for many losses. */

/** Most points of a line: two pixels apart. */
const MAX_POINTS = 36;
const MARGIN = 1.5;

/**
 * Return the path of losses, from 0 or their minimum at the bottom to their maximum at the top; "" for fewer than 2.
 * @param {ArrayLike<number>} losses  those that are not finite are left out
 * @param {{width: number, height: number}} size
 */
export function pathOf(losses, { width, height }) {
  const points = thinned(Array.from(losses).filter(Number.isFinite));
  if (points.length < 2) return "";
  const max = points.reduce((a, b) => Math.max(a, b));
  const min = Math.min(0, ...points);
  const x = (/** @type {number} */ i) => MARGIN + (i / (points.length - 1)) * (width - 2 * MARGIN);
  const y = (/** @type {number} */ loss) => height - MARGIN - ((loss - min) / (max - min || 1)) * (height - 2 * MARGIN);
  return points.map((loss, i) => `${i === 0 ? "M" : "L"}${x(i).toFixed(1)} ${y(loss).toFixed(1)}`).join("");
}

/** Average neighbours, until the line has few points. @param {number[]} losses */
function thinned(losses) {
  const each = Math.ceil(losses.length / MAX_POINTS);
  if (each < 2) return losses;
  return Array.from({ length: Math.ceil(losses.length / each) }, (_, i) => {
    const some = losses.slice(i * each, (i + 1) * each);
    return some.reduce((sum, loss) => sum + loss / some.length, 0);
  });
}
