/** Scales of a column and their coverage, computed once for each frame and choice. */

import { parted } from "../color/column_scale.js";
import { coverage, suggestion } from "../color/coverage.js";

/** @import { Column } from "../api.d.ts" */
/** @import { ColorScale } from "../color/column_scale.js" */

/**
 * @template T
 * @param {(column: Column, chosen: ColorScale, diverging: boolean) => T} compute
 * @returns {(column: Column, chosen: ColorScale, diverging: boolean) => T}
 */
function memoize(compute) {
  /** @type {WeakMap<Column, {chosen: ColorScale, diverging: boolean, result: T}>} */
  const results = new WeakMap();
  return (column, chosen, diverging) => {
    const last = results.get(column);
    if (last && last.chosen === chosen && last.diverging === diverging) return last.result;
    const result = compute(column, chosen, diverging);
    results.set(column, { chosen, diverging, result });
    return result;
  };
}

export const scalesOf = memoize(parted);

/** Coverage of the scales, and the suggested change. */
export const coverageOf = memoize((column, chosen, diverging) => {
  const now = coverage(column, scalesOf(column, chosen, diverging));
  return { ...now, suggestion: suggestion(column, chosen, diverging, now) };
});
