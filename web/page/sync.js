/** Synchronization with Python after a change: one call, of which each feature takes its part. */

import { pointsFor } from "../chart/curves.js";
import { isShown } from "../panels/state.js";
import { unpack } from "../tensors/frame.js";
import { combined } from "./store.js";

/** @import { Frame, State as Answer } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { SavedRuns } from "../saving/saved_runs.js" */
/** @import { Feature, Fresh, Patch, Store } from "./store.js" */
/** The answer of a call, the runs whose curves it may have changed, and the changed run. @typedef {{answer?: unknown, ids?: string[], about?: string}} Change */
/** The part of an answer that the page shows. @typedef {Fresh["state"]} Shown */

/**
 * @param {Client["call"]} call
 * @param {Store} store
 * @param {object} outside
 * @param {() => readonly Feature[]} outside.features
 * @param {(runId: string, batch: Int32Array) => Promise<Patch>} outside.openData
 * @param {SavedRuns} outside.savedRuns
 */
export function createSync(call, store, { features, openData, savedRuns }) {
  /** @param {Fresh} fresh */
  async function show(fresh) {
    const data = await openData(fresh.state.run_id, fresh.state.batch);
    const followed = features().map(({ follow }) => follow?.(fresh));
    store.set(combined([data, ...followed.map((patch) => (patch instanceof Promise ? undefined : patch))]));
    await Promise.all(followed);
  }

  return {
    /**
     * Synchronize the page with Python, then save the runs, even if something could not be shown.
     * @param {Change} [change]
     */
    async settle({ answer, ids, about } = {}) {
      const { chart, flow, metrics, runs } = store.get();
      const active = runs.list.find((run) => run.active)?.id;
      const known = shownBy(answer, active);
      const asked = call("overview", {
        max_points: pointsFor(runs.list.length),
        smoothing: chart.settings.smoothing,
        flow: true,
        series: isShown(store.get(), "flow") && flow.gradients.view === "time",
        confusion: metrics.view.open,
        state: !known,
        ...(ids ? { ids } : {}),
      });
      // Asked for in one go, both are of one moment, and the save does not wait for the drawing.
      const taken = about ? savedRuns.autosave.take(about) : null;
      const overview = await asked;
      const run = overview.runs.find((each) => each.active) ?? null;
      try {
        const state = known ?? overview.state;
        if (state) await show({ state, run, overview, isPartial: ids !== undefined });
      } finally {
        await savedRuns.saveChanged(overview.runs, taken);
      }
    },
  };
}

/** During a script that trains, the page follows at this interval. Milliseconds. */
const FOLLOW_INTERVAL = 100;

/**
 * Follow calls that do not wait for it: each is followed, or one after it that has changed more.
 * @param {(change: Change) => Promise<void>} settle
 */
export function createFollower(settle) {
  /** @type {Change | null} */
  let next = null;
  let isFollowing = false;
  let last = Number.NEGATIVE_INFINITY;

  async function followAll() {
    isFollowing = true;
    while (next) {
      const rest = last + FOLLOW_INTERVAL - performance.now();
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      const change = next;
      next = null;
      await settle(change).catch(() => {}); // Python has stopped, and the page says so
      last = performance.now();
    }
    isFollowing = false;
  }

  return (/** @type {Change} */ change) => {
    const isPrompt = !isFollowing && performance.now() - last >= FOLLOW_INTERVAL;
    const { answer, ...later } = change; // which may be out of date by then
    next = next && next.about !== change.about ? {} : isPrompt ? change : later;
    if (!isFollowing) followAll();
  };
}

/**
 * Return the state of the active run, if a call has answered with it: as a state, or as a frame with its layout.
 * @param {any} answer @param {string | undefined} active @returns {Shown | null}
 */
function shownBy(answer, active) {
  if (answer?.run_id === undefined || answer.run_id !== active) return null;
  if (answer.forward) return /** @type {Answer} */ (answer);
  if (!answer.values || !answer.layout) return null;
  const frame = /** @type {Frame} */ (answer);
  const { batch, loss, accuracy } = frame;
  return { ...unpack(frame, answer.layout), batch, loss, accuracy };
}
