/** The speed of Play: chosen, kept in this browser, and explained once. */

import { MAX, neighbourSpeed, rememberPlayed, rememberSpeed, speedWords, storedSpeed } from "./speed.js";

/** @import { Store } from "../page/store.js" */

/**
 * @param {Store} store
 * @param {object} outside
 * @param {() => boolean} outside.reducedMotion
 * @param {() => void} outside.wake  Play, which may wait for its next step
 */
export function createSpeed(store, { reducedMotion, wake }) {
  const { speed, isFirst } = storedSpeed(reducedMotion());
  let isUnexplained = isFirst;

  /** @param {number} chosen */
  function setSpeed(chosen) {
    rememberSpeed(chosen);
    isUnexplained = false;
    store.set({
      training: { speed: chosen, speedHint: false },
      page: { announcement: `Speed: ${speedWords(chosen)}.` },
    });
    wake();
  }

  return {
    initial: { speed },

    /** The first Play of a visitor begins slowly, and the page says once how to go faster. */
    onPlay() {
      if (!isUnexplained) return;
      isUnexplained = false;
      rememberPlayed();
      const now = store.get().training.speed;
      if (now === MAX) return;
      const announcement = `Playing at ${speedWords(now)}. To go faster, choose another speed beside Pause.`;
      store.set({ training: { speedHint: true }, page: { announcement } });
    },

    actions: {
      setSpeed,
      faster: () => setSpeed(neighbourSpeed(store.get().training.speed, 1)),
      slower: () => setSpeed(neighbourSpeed(store.get().training.speed, -1)),
      dismissSpeedHint: () => store.set({ training: { speedHint: false } }),
    },
  };
}
