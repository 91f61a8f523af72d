/** Scales of a column and their coverage, computed once for each frame and choice. */

import { parted } from "../color/column_scale.js";
import { coverage, suggestion } from "../color/coverage.js";
import { tooSmall } from "../color/emptiness.js";

/** @import { Column } from "../api.d.ts" */
/** @import { ColorScale } from "../color/column_scale.js" */
/** @import { Coverage } from "../color/coverage.js" */

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

/** Names of the matrices that look empty. */
export const emptyNames = memoize((column, chosen, diverging) => tooSmall(column, scalesOf(column, chosen, diverging)));

/** @typedef {Coverage & {suggestion: Partial<ColorScale> | null}} Metered */

/** Coverage of the scales, and the suggested change. */
export const coverageOf = memoize((column, chosen, diverging) => {
  const now = coverage(column, scalesOf(column, chosen, diverging));
  return { ...now, suggestion: suggestion(column, chosen, diverging, now) };
});
