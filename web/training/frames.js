/** Frames of Play, put into the store, from which they are drawn in the next animation frame. */

import { unpack } from "../tensors/frame.js";
import { DRAWN_SPEED } from "./speed.js";
import { progressOf } from "./state.js";

/** @import { Frame, Layout, Sample } from "../api.d.ts" */
/** @import { Store } from "../page/store.js" */

/** During Play the speed and the meters follow at this interval. Milliseconds. */
const REFRESH = 250;
/** Interval between two frames with reduced motion, at a speed at which one cannot follow each step. Milliseconds. */
const REDUCED_MOTION_INTERVAL = 500;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {(batch: Int32Array) => Sample[]} outside.samplesOf
 * @param {() => boolean} outside.reducedMotion
 */
export function createFrames(store, { samplesOf, reducedMotion }) {
  /** The layout in which frames are sent. @type {{id: string, layout: Layout} | null} */
  let layout = null;
  const last = { refreshed: 0, drawn: 0 };

  /** Whether this frame is left out. @param {number} now */
  const isSkipped = (now) =>
    store.get().training.speed > DRAWN_SPEED && reducedMotion() && now - last.drawn < REDUCED_MOTION_INTERVAL;

  return {
    /** The layout that is known, which need not be sent again. */
    layoutId: () => (layout ? { layout_id: layout.id } : {}),
    forget() {
      layout = null;
    },

    /** @param {Frame} frame @param {number} reached  steps per second */
    onFrame(frame, reached) {
      const { run } = store.get();
      const now = performance.now();
      if (frame.layout) layout = { id: frame.layout_id, layout: frame.layout };
      if (!layout || !run || frame.run_id !== run.id || isSkipped(now)) return;
      last.drawn = now;
      const net = { ...unpack(frame, layout.layout), passing: true };
      store.set({
        network: { net, samples: samplesOf(frame.batch) },
        training: { batchLoss: frame.loss, batchAccuracy: frame.accuracy, progress: progressOf(frame, run) },
      });
      if (now - last.refreshed < REFRESH) return;
      last.refreshed = now;
      store.set({ training: { reached }, network: { batch: frame.batch, metered: net } });
    },
  };
}
