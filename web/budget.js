/** What is done beside training: how often it may come, so that training waits for it at most a share of the time. */

/**
 * @param {object} options
 * @param {number} [options.every]  never more often than this, milliseconds
 * @param {number} options.share    of the time, at most; between 0 and 1
 * @param {() => number} [options.now]  a clock, milliseconds
 */
export function createBudget({ every = 0, share, now = () => performance.now() }) {
  let began = Number.NEGATIVE_INFINITY;
  /** What the last two cost, milliseconds. The smaller counts: one hiccup of the machine must not silence the work. */
  let costs = [0, 0];

  return {
    /** Whether it may be done now. */
    due: () => now() - began >= Math.max(every, Math.min(...costs) / share),

    /** Let it be due at once. */
    hurry() {
      began = Number.NEGATIVE_INFINITY;
    },

    /** Do it; training waits. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
    async spend(work) {
      const start = now();
      began = start;
      const result = await work();
      costs = [costs[1], now() - start];
      return result;
    },
  };
}
