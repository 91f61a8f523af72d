/** A colour scale in words. */

import { shown } from "./draw/number.js";

/** @typedef {import("./draw/color_scale.js").ColorScale} ColorScale */

/** What can be chosen, and what it is called. */
export const SCOPES = { column: "Whole column", layer: "Each layer", tensor: "Each matrix" };
export const TRANSFORMS = { linear: "Linear", symlog: "Symlog" };
export const CLIPS = { none: "None", quantiles: "2–98%" };

/** What is done by one change to a scale. @param {Partial<ColorScale>} change */
export function remedyWords({ scope, transform, clip }) {
  if (transform) return transform === "symlog" ? "Show small values: symlog" : "Back to linear";
  if (clip !== undefined) return clip ? "Clip to 2–98%" : "Back to no clip";
  return { layer: "Scale each layer by itself", tensor: "Scale each matrix by itself", column: "Back to one scale" }[
    scope ?? "column"
  ];
}

/** @param {ColorScale} scale @returns {string} "each layer, linear, clipped to 2–98%" */
export function inWords({ scope, transform, clip }) {
  return `${SCOPES[scope]}, ${TRANSFORMS[transform]}, ${clip ? `clipped to ${CLIPS.quantiles}` : "not clipped"}`.toLowerCase();
}

/** How much of the cells that are not zero cannot be seen. @param {import("./draw/meter.js").Meter} meter */
export function meterWords({ hidden, clipped }) {
  return `This scale hides ${whole(hidden)} of cells (below one colour step) and clips ${whole(clipped)}.`;
}

/** Few are not none, and nearly all not all. @param {number} share @returns {string} "0%", "<1%", "41%" */
function whole(share) {
  if (share > 0 && share < 0.01) return "<1%";
  return `${share < 1 ? Math.min(99, Math.round(100 * share)) : 100}%`;
}

/** From where to where the colours of a part go. @param {{min: number, max: number, clipped: boolean}} part @returns {string} "−0.31 … 0.3", with "≤" and "≥" where there is more beyond */
export function rangeWords({ min, max, clipped }) {
  if (!Number.isFinite(min)) return "no numbers";
  return clipped ? `≤ ${shown(min, 2)} … ≥ ${shown(max, 2)}` : `${shown(min, 2)} … ${shown(max, 2)}`;
}
