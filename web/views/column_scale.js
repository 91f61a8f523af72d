/** A column's scales and what they hide: worked out once for each frame and each choice, however often it is drawn. */

import { parted } from "../draw/color_scale.js";
import { meter, remedy } from "../draw/meter.js";
import { changesShown } from "../phases.js";
import { changesColumn } from "../scaled.js";

/** @typedef {import("../api.d.ts").Column} Column */
/** @typedef {import("../draw/color_scale.js").ColorScale} ColorScale */

/**
 * @template T
 * @param {(column: Column, chosen: ColorScale, diverging: boolean) => T} compute
 * @returns {(column: Column, chosen: ColorScale, diverging: boolean) => T}
 */
function once(compute) {
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

export const scalesOf = once(parted);

/** What they hide, and what would help. */
export const gaugeOf = once((column, chosen, diverging) => {
  const now = meter(column, scalesOf(column, chosen, diverging));
  return { ...now, remedy: remedy(column, chosen, diverging, now) };
});

/**
 * Parameters whose changes are shown are on the scale of the changes, all else on that of the column.
 * @param {import("../draw/color_scale.js").Side} side @param {Column} column
 * @param {Pick<import("../store.js").State, "scales" | "phasing">} state @param {boolean} diverging
 * @returns {Pick<import("./matrix.js").Drawn, "parts" | "isRanged">}
 */
export function scaled(side, column, { scales, phasing }, diverging) {
  const own = scalesOf(column, scales[side], diverging);
  const isRanged = () => scales[side].scope === "tensor";
  const changes = side === "forward" ? changesShown(phasing) : null;
  if (!changes) return { parts: own, isRanged };
  const changed = new Set(changes.map(({ name }) => name));
  const ofChanges = scalesOf(changesColumn(changes), scales.changes, diverging);
  return {
    parts: (name) => (changed.has(name) ? ofChanges : own)(name),
    isRanged: (name) => (changed.has(name) ? scales.changes.scope !== "column" : isRanged()),
  };
}
