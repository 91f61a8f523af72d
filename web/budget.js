/** What is done beside training: how often it may come, so that training waits for it at most a share of the time. */

/** So many of the last ones are remembered. Among them one hiccup of the machine, ten times as long, changes little. */
const FEW = 8;

/**
 * @param {object} options
 * @param {number} [options.every]  never more often than this, milliseconds
 * @param {number} options.share    of the time, at most; between 0 and 1
 * @param {() => number} [options.now]  a clock, milliseconds
 */
export function createBudget({ every = 0, share, now = () => performance.now() }) {
  let began = Number.NEGATIVE_INFINITY;
  /** What the last few cost, milliseconds. Their mean counts: so each is paid for, and all together keep to the share. */
  let costs = /** @type {number[]} */ ([]);

  return {
    /** Whether it may be done now. */
    due: () => now() - began >= Math.max(every, mean(costs) / share),

    /** Let it be due at once. */
    hurry() {
      began = Number.NEGATIVE_INFINITY;
    },

    /** Do it; training waits. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
    async spend(work) {
      const start = now();
      began = start;
      const result = await work();
      costs = [...costs, now() - start].slice(-FEW);
      return result;
    },
  };
}

/** @param {number[]} costs */
const mean = (costs) => costs.reduce((sum, cost) => sum + cost, 0) / Math.max(1, costs.length);
