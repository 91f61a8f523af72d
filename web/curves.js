/** Loss curves, fetched in full when the page settles, and while training only as often as that can spare. */

import { createBudget } from "./budget.js";

/** @typedef {import("./api.d.ts").LossCurve} LossCurve */
/** @typedef {import("./api.d.ts").EpochCurve} EpochCurve */

/** Points of a run, and of all runs together. */
const POINTS = 2000;
const ALL_POINTS = 24_000;
const FEWEST = 200;
/** Training waits for curves at most this share of the time. */
const SHARE = 0.02;

/** @param {import("./rpc.js").Client["call"]} call */
export function createCurves(call) {
  const budget = createBudget({ share: SHARE });
  const points = (/** @type {number} */ runs) =>
    Math.max(FEWEST, Math.min(POINTS, Math.floor(ALL_POINTS / Math.max(1, runs))));

  return {
    /** @param {number} runs  how many there are, about @returns {Promise<LossCurve[]>} */
    all: (runs) => call("loss_curves", { max_points: points(runs) }),
    due: budget.due,
    /**
     * Those of the runs that are being trained, anew.
     * @param {string[]} ids @param {number} runs
     * @returns {Promise<[LossCurve[], EpochCurve[]]>}
     */
    some: (ids, runs) =>
      budget.spend(() =>
        Promise.all([call("loss_curves", { ids, max_points: points(runs) }), call("epoch_metrics", { ids })]),
      ),
  };
}

/** @template {{id: string}} T @param {T[]} curves @param {T[]} newer @returns {T[]} */
export function replaced(curves, newer) {
  const byId = new Map(newer.map((curve) => [curve.id, curve]));
  return curves.map((curve) => byId.get(curve.id) ?? curve);
}
