/** Time budgets for work beside training: its cost, and how often it may come. */

/** Number of recent costs: a single outlier does not move their median. */
const MEMORY = 8;

/**
 * The cost of something that is done again and again, measured with a clock that may be coarse (browsers round time to as much as
 * 100 ms): where the clock shows no time at all, what follows counts together with it until it does. So no cost is ever 0.
 */
export function createCosts() {
  /** Milliseconds for each time. @type {number[]} */
  let costs = [];
  let [ms, times] = [0, 0];
  const sorted = () => costs.toSorted((a, b) => a - b);

  return {
    /** @param {number} spent  milliseconds @param {number} [count]  how many times it was done for that */
    add(spent, count = 1) {
      ms += spent;
      times += count;
      if (ms <= 0 || times <= 0) return;
      costs = [...costs, ms / times].slice(-MEMORY);
      [ms, times] = [0, 0];
    },
    /** Median of the last costs in milliseconds; undefined before the clock has advanced. */
    median: () => sorted()[Math.floor((costs.length - 1) / 2)],
    least: () => sorted()[0],
  };
}

/**
 * @param {object} options
 * @param {number} [options.every]  never more often than this, milliseconds
 * @param {number} options.share    of the time, in the median; between 0 and 1
 * @param {number} [options.most]   the longest wait after the last one, however long that took, milliseconds
 * @param {() => number} [options.now]  a clock, milliseconds
 */
export function createBudget({ every = 0, share, most = 10_000, now = () => performance.now() }) {
  let began = Number.NEGATIVE_INFINITY;
  let length = 0; // of the last one, milliseconds
  const costs = createCosts();

  return {
    /** Whether the work is due. */
    due: () => now() - began >= Math.max(every, Math.min((costs.median() ?? 0) / share, length + most)),

    /** Let it be due at once. */
    hurry() {
      began = Number.NEGATIVE_INFINITY;
    },

    /** Do the work; training waits. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
    async spend(work) {
      const start = now();
      began = start;
      const result = await work();
      length = now() - start;
      costs.add(length);
      return result;
    },
  };
}
