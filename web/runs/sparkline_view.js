/** The loss of a run as a small line, for a row of the table. */

import { nothing, svg } from "../vendor/lit-html/lit-html.js";
import { pathOf } from "./sparkline.js";

/** @import { LossCurve } from "../api.d.ts" */

export const SPARKLINE = { width: 72, height: 20 };

/** Paths of curves that are still the same. @type {WeakMap<object, string>} */
const paths = new WeakMap();

/** @param {LossCurve | undefined} curve */
export function sparkline(curve) {
  const path = curve ? pathFor(curve) : "";
  if (!path) return nothing;
  return svg`<path d=${path} />`;
}

/** @param {LossCurve} curve */
function pathFor(curve) {
  const known = paths.get(curve);
  if (known !== undefined) return known;
  const path = pathOf(curve.mean, SPARKLINE);
  paths.set(curve, path);
  return path;
}
