/** Frames of Play, put into the store, from which they are drawn in the next animation frame. */

import { createSteady } from "../color/steady.js";
import { unpack } from "../tensors/frame.js";
import { createCosts } from "../ui/throttle.js";
import { DRAWN_SPEED } from "./speed.js";
import { progressOf } from "./state.js";

/** @import { Frame, Layout, Sample } from "../api.d.ts" */
/** @import { Steady } from "../color/steady.js" */
/** @import { Net } from "../network/state.js" */
/** @import { Store } from "../page/store.js" */

/** During Play the speed and the meters follow at this interval. Milliseconds. */
const REFRESH = 250;
/** Interval between two frames with reduced motion, at a speed at which one cannot follow each step. Milliseconds. */
const REDUCED_MOTION_INTERVAL = 500;
/** As fast as it can, a picture stays for this time on average: 25 a second are seen as motion, and more would cost steps. Milliseconds. */
const PICTURE_INTERVAL = 1000 / 25;
/** Making pictures may take this share of Python's time: those of a million parameters come less often. */
const PICTURE_SHARE = 0.2;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {(batch: Int32Array) => Sample[]} outside.samplesOf
 * @param {() => boolean} outside.reducedMotion
 * @param {() => boolean} outside.isDrawn  whether the last frame is on screen
 * @param {() => number} [outside.now]  a clock, milliseconds
 */
export function createFrames(store, { samplesOf, reducedMotion, isDrawn, now = () => performance.now() }) {
  /** Layouts by their identifier: the one of a slice that is requested ahead need not be that of the last frame. @type {Map<string, Layout>} */
  const layouts = new Map();
  /** Identifier of the last one, in which frames are sent. @type {string | undefined} */
  let layout_id;
  /** When the next picture may be requested. */
  let due = 0;
  /** `wasDrawn`: whether the picture before the last frame was on screen when that came. */
  const last = { refreshed: 0, drawn: 0, slice: 0, answered: 0, wasDrawn: true };
  /** Time to pack a picture, check it and bring it here. */
  const costs = createCosts();
  /** Steady scales of this Play, by their subject. @type {Map<string, Steady>} */
  const scales = new Map();

  /** Whether this frame is left out. @param {number} time */
  const isSkipped = (time) =>
    store.get().training.speed > DRAWN_SPEED && reducedMotion() && time - last.drawn < REDUCED_MOTION_INTERVAL;

  /** At a speed that one can follow, each step; else none while the last one is not on screen, unless the slice takes longer than that. */
  function isPictureDue() {
    const time = now();
    if (isSkipped(time)) return false;
    if (store.get().training.speed <= DRAWN_SPEED) return true;
    const isSeen = last.slice > PICTURE_INTERVAL ? last.wasDrawn : isDrawn();
    if (!isSeen || time < due) return false;
    const interval = Math.max(PICTURE_INTERVAL, (costs.median() ?? 0) / PICTURE_SHARE);
    due = Math.max(due + interval, time); // slices end a little early or late: the mean counts
    return true;
  }

  /** Add what keeps its scales steady. @param {Net} net @returns {Net} */
  function moving(net) {
    if (!store.get().network.net?.passing) scales.clear(); // the first frame of a Play
    const steady = (/** @type {string} */ subject) => {
      const found = scales.get(subject) ?? createSteady();
      scales.set(subject, found);
      return found;
    };
    return {
      ...net,
      passing: true,
      forward: { ...net.forward, steady: steady("forward") },
      backward: { ...net.backward, steady: steady("backward") },
      optimizer: { ...net.optimizer, steady },
    };
  }

  return {
    /**
     * Request a slice with the picture that is due, and the layout that is known, which need not be sent again.
     * @param {(asked: {picture: "quick" | "none", layout_id?: string}) => Promise<Frame>} slice
     */
    async request(slice) {
      const [asked, isDue] = [now(), isPictureDue()];
      const frame = await slice({ picture: isDue ? "quick" : "none", layout_id });
      const begun = Math.max(asked, last.answered); // requested ahead, it waited for the one before
      last.answered = now();
      if (isDue) costs.add(last.answered - begun - frame.slice_ms);
      return frame;
    },
    forget() {
      layouts.clear();
      layout_id = undefined;
    },

    /** @param {Frame} frame @param {number} reached  steps per second */
    onFrame(frame, reached) {
      const { run } = store.get();
      const time = now();
      last.slice = frame.slice_ms;
      last.wasDrawn = isDrawn();
      if (frame.layout) layouts.set(frame.layout_id, frame.layout);
      const layout = layouts.get(frame.layout_id);
      if (!layout || !run || frame.run_id !== run.id || !frame.values) return;
      layout_id = frame.layout_id;
      last.drawn = time;
      const net = moving(unpack(frame, layout));
      store.set({
        network: { net, samples: samplesOf(frame.batch) },
        training: { batchLoss: frame.loss, batchAccuracy: frame.accuracy, progress: progressOf(frame, run) },
      });
      if (time - last.refreshed < REFRESH) return;
      last.refreshed = time;
      store.set({ training: { reached }, network: { batch: frame.batch, metered: net } });
    },
  };
}
