/** Scales of the network's matrices, of the optimizer's state, and of changes by an update. */

import { scalesOf } from "../legend/cached_scales.js";
import { changesColumn, changesShown } from "../phases/state.js";
import { parts } from "../tensors/names.js";
import { memoize } from "../ui/memo.js";

/** @import { Column, Scale, StateVector } from "../api.d.ts" */
/** @import { Side } from "../color/column_scale.js" */
/** @import { State } from "../page/store.js" */
/** @import { Net } from "./state.js" */
/** @import { Drawn } from "./matrix_view.js" */

/** One column for each vector of the state: second moments are squares, of a different size. */
export const stateColumns = memoize((/** @type {Net["optimizer"]} */ { tensors, scales, steady }) => {
  const vectors = /** @type {[StateVector, Scale][]} */ (Object.entries(scales));
  return new Map(
    vectors.map(([vector, scale]) => [
      vector,
      { tensors: tensors.filter(({ name }) => parts(name).vector === vector), scale, steady: steady?.(vector) },
    ]),
  );
});

/**
 * Use the scale of the changes for parameters that show them, else that of the column.
 * @param {Side} side
 * @param {Column} column
 * @param {Pick<State, "legend" | "phases">} state
 * @param {boolean} diverging
 * @returns {Pick<Drawn, "parts" | "isRanged">}
 */
export function scaled(side, column, { legend: { scales }, phases: { phasing } }, diverging) {
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
