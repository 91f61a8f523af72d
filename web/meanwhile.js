/** What is done between two slices of training, as often as training can spare the time: the page follows, and runs are saved. */

import { createBudget } from "./budget.js";
import { replaced } from "./curves.js";

/** @typedef {import("./api.d.ts").RunSummary} RunSummary */

/** The curves, the list and the marks follow at this distance, and runs are saved at that. Milliseconds. */
const REFRESH = 250;
const KEEP = 900;
/** With many runs, or large ones, either comes more rarely: training waits for each at most this share of the time. */
const SHARE = 0.02;

/**
 * @param {import("./store.js").Store} store
 * @param {object} outside
 * @param {import("./rpc.js").Client["call"]} outside.call
 * @param {ReturnType<typeof import("./curves.js").createCurves>} outside.losses
 * @param {{between: () => Promise<void>}} outside.flowing
 * @param {{between: () => Promise<void>}} outside.confusing
 * @param {(runs: RunSummary[], curves: import("./api.d.ts").LossCurve[]) => Partial<import("./store.js").State>} outside.listed
 * @param {(runs: RunSummary[]) => Promise<void>} outside.keepOwn  save those that have changed
 */
export function createMeanwhile(store, { call, losses, flowing, confusing, listed, keepOwn }) {
  const listing = createBudget({ every: REFRESH, share: SHARE });
  const keeping = createBudget({ every: KEEP, share: SHARE });

  /** Curves anew, of runs that have been listed; none if one of them has been deleted since. @param {string[]} ids @param {number} count */
  async function trainedCurves(ids, count) {
    try {
      return await losses.some(ids, count);
    } catch (error) {
      const left = new Set((await call("runs")).map((run) => run.id));
      if (ids.every((id) => left.has(id))) throw error;
      return [[], []];
    }
  }

  return {
    /** Save at the next slice: that a run is being trained, to begin with. */
    hurry: keeping.hurry,

    /** @param {string} id  of the run that is trained */
    async between(id) {
      await flowing.between();
      await confusing.between();
      const isTimeToKeep = keeping.due();
      if (!isTimeToKeep && !listing.due()) return;
      const runs = await listing.spend(() => call("runs"));
      const trained = runs.find((run) => run.id === id);
      const [newer, measured] =
        trained && losses.due() ? await trainedCurves([id, ...trained.twins], runs.length) : [[], []];
      const { curves, epochs } = store.get();
      store.set({ ...listed(runs, replaced(curves, newer)), epochs: replaced(epochs, measured) });
      if (isTimeToKeep) await keeping.spend(() => keepOwn(runs));
    },
  };
}
