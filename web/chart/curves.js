/** Loss curves: the number of points to ask for, and the replacement of older curves. */

/** Maximum number of points of a run, and of all runs. */
const MAX_POINTS = 2000;
const MAX_ALL_POINTS = 24_000;
const MIN_POINTS = 200;

/** Number of points drawn for each run. @param {number} runs  number of runs */
export const pointsFor = (runs) =>
  Math.max(MIN_POINTS, Math.min(MAX_POINTS, Math.floor(MAX_ALL_POINTS / Math.max(1, runs))));

/** @template {{id: string}} T @param {T[]} curves @param {T[]} newer @returns {T[]} */
export function replaced(curves, newer) {
  const byId = new Map(newer.map((curve) => [curve.id, curve]));
  return curves.map((curve) => byId.get(curve.id) ?? curve);
}
