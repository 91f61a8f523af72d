/** Work between two slices of training: refresh the page and save runs. */

import { pointsFor, replaced } from "../chart/curves.js";
import { listed } from "../runs/state.js";
import { createBudget } from "../ui/throttle.js";
import { combined } from "./store.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Feature, Store } from "./store.js" */

/** Intervals of refreshing curves and the list of runs, and of saving. Milliseconds. */
const REFRESH = 250;
const SAVE = 900;
/** Longest pause between two saves, however slow they are. Milliseconds. */
const MAX_WAIT = 3000;
/** Maximum share of training time spent on each: many or large runs refresh less often. */
const SHARE = 0.02;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {() => readonly Feature[]} outside.features
 * @param {(runs: RunSummary[]) => Promise<void>} outside.saveChanged
 */
export function createBetween(store, { call, features, saveChanged }) {
  const listing = createBudget({ every: REFRESH, share: SHARE });
  const drawing = createBudget({ share: SHARE });
  const saving = createBudget({ every: SAVE, share: SHARE, most: MAX_WAIT });

  /** Request the list of runs and the curves of the training run and its twins, if due. @param {string} id */
  async function overview(id) {
    const { chart, runs } = store.get();
    const twins = runs.list.find((run) => run.id === id)?.twins ?? [];
    const ids = drawing.due() ? [id, ...twins] : [];
    const asked = { ids, max_points: pointsFor(runs.list.length), smoothing: chart.settings.smoothing };
    const ask = () => call("overview", asked);
    return listing.spend(() => (ids.length > 0 ? drawing.spend(ask) : ask()));
  }

  return {
    /** Save at the next slice, so that a crash can be reported as an interruption. */
    hurry: saving.hurry,

    /** @param {string} id  of the run in training */
    async between(id) {
      for (const feature of features()) await feature.between?.();
      const isTimeToSave = saving.due();
      if (!isTimeToSave && !listing.due()) return;
      const { runs, curves, epochs } = await overview(id);
      const { chart } = store.get();
      const newer = { curves: replaced(chart.curves, curves), epochs: replaced(chart.epochs, epochs) };
      store.set(combined([listed(store.get(), runs), { chart: newer }]));
      if (isTimeToSave) await saving.spend(() => saveChanged(runs));
    },
  };
}
