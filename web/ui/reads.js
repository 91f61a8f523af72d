/** Recording of the parts of the state that a view or a computation reads. */

/** The parts that were read, `chart.zoom` and so on, with their values. @typedef {Map<string, {slice: string, part: string, value: unknown}>} Reads */

/**
 * Wrap the state so that reads are recorded.
 * @template {object} S
 * @param {S} state  of slices
 * @param {Reads} reads
 * @returns {S}
 */
export function recorded(state, reads) {
  const observed = (/** @type {string} */ slice, /** @type {object} */ parts) =>
    new Proxy(parts, {
      get(target, part) {
        const value = Reflect.get(target, part);
        if (typeof part === "string") reads.set(`${slice}.${part}`, { slice, part, value });
        return value;
      },
    });
  return new Proxy(state, {
    get(target, slice) {
      const parts = Reflect.get(target, slice);
      if (typeof slice !== "string") return parts;
      if (slice !== "run" && Object(parts) === parts) return observed(slice, /** @type {object} */ (parts));
      reads.set(slice, { slice, part: "", value: parts });
      return parts;
    },
  });
}

/** Whether every part that was read is unchanged. @param {any} state @param {Reads} reads */
export function isCurrent(state, reads) {
  for (const { slice, part, value } of reads.values())
    if ((part ? state[slice][part] : state[slice]) !== value) return false;
  return true;
}

/**
 * Recompute a value only when a part of the state that it read has changed.
 * @template {object} S, T
 * @param {(state: S) => T} compute
 * @returns {(state: S) => T}
 */
export function computed(compute) {
  /** @type {{reads: Reads, value: T} | null} */
  let latest = null;
  return (state) => {
    if (latest && isCurrent(state, latest.reads)) return latest.value;
    /** @type {Reads} */
    const reads = new Map();
    latest = { reads, value: compute(recorded(state, reads)) };
    return latest.value;
  };
}
