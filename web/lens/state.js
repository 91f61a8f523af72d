/** The parts of a gradient and their sum, put together as one column. */

import { columnOf } from "../color/column_scale.js";
import { magnitudeQuartile } from "../tensors/quantiles.js";
import { memoize } from "../ui/memo.js";

/** @import { SampleLens } from "../api.d.ts" */

/**
 * Contributions share one scale with their sum, so that they visibly add up. The whole gradient is included when samples are
 * muted, so that colours do not change.
 */
export const lensColumn = memoize((/** @type {SampleLens} */ { tensor, parts, gradient, left, muted }) => {
  const lists = [parts, left, ...(muted.length ? [gradient] : [])];
  const column = columnOf(lists.map((data) => ({ name: tensor, shape: [data.length], data })));
  return { ...column, scale: { ...column.scale, magnitude_p25: magnitudeQuartile([parts, gradient]) } };
});
