/** Results computed once. */

/**
 * Cache a function's result for each object, as long as the object lives.
 * @template {object} T @template R
 * @param {(object: T) => R} make @returns {(object: T) => R}
 */
export function memoize(make) {
  /** @type {WeakMap<T, {made: R}>} */
  const known = new WeakMap();
  return (object) => {
    const found = known.get(object) ?? { made: make(object) };
    known.set(object, found);
    return found.made;
  };
}
