/** Scales of a column and their coverage, computed once for each frame and choice. */

import { parted } from "../color/column_scale.js";
import { coverage, suggestion } from "../color/coverage.js";
import { tooSmall } from "../color/emptiness.js";

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

/** Names of the matrices that look empty. */
export const emptyNames = memoize((column, chosen, diverging) => tooSmall(column, scalesOf(column, chosen, diverging)));

/** Share of the cells that the scales hide, or do not reach. */
export const coverageOf = memoize((column, chosen, diverging) => coverage(column, scalesOf(column, chosen, diverging)));

/** The change that would show most; dear, so asked for only where it may be proposed. */
export const suggestionOf = memoize((column, chosen, diverging) =>
  suggestion(column, chosen, diverging, coverageOf(column, chosen, diverging)),
);
