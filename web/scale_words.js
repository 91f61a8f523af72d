/** A colour scale in words. */

import { sightOf } from "./draw/meter.js";
import { shown } from "./draw/number.js";

/** @typedef {import("./draw/color_scale.js").ColorScale} ColorScale */
/** @typedef {import("./draw/color_scale.js").Subject} Subject */

/** What has a scale of its own, and how that is called. @type {Record<Subject, string>} */
export const SUBJECTS = {
  forward: "forward pass",
  backward: "backward pass",
  velocity: "velocity",
  first_moment: "first moment",
  second_moment: "second moment",
  changes: "changes",
  lens: "parts by sample",
};

/** What can be chosen, and what it is called. */
const SCOPES = { column: "Whole column", layer: "Each layer", tensor: "Each matrix" };
export const TRANSFORMS = { linear: "Linear", symlog: "Symlog" };
export const CLIPS = { none: "None", quantiles: "2–98%" };

/** @param {Subject} subject @returns {Record<ColorScale["scope"], string> | null} null where there is nothing to choose */
export function scopesOf(subject) {
  if (subject === "lens") return null;
  return subject === "changes" ? { ...SCOPES, column: "All changes" } : SCOPES;
}

/** What is done by one change to a scale. @param {Partial<ColorScale>} change */
export function remedyWords({ scope, transform, clip }) {
  if (transform) return transform === "symlog" ? "Show small values: symlog" : "Back to linear";
  if (clip !== undefined) return clip ? "Clip to 2–98%" : "Back to no clip";
  return { layer: "Scale each layer by itself", tensor: "Scale each matrix by itself", column: "Back to one scale" }[
    scope ?? "column"
  ];
}

/** @param {Subject} subject @param {ColorScale} scale @returns {string} "each layer, linear, clipped to 2–98%" */
export function inWords(subject, { scope, transform, clip }) {
  const scopes = scopesOf(subject);
  const words = [TRANSFORMS[transform], clip ? `clipped to ${CLIPS.quantiles}` : "not clipped"];
  return [...(scopes ? [scopes[scope]] : []), ...words].join(", ").toLowerCase();
}

/** How much of the cells that are not zero cannot be seen. @param {import("./draw/meter.js").Meter} meter */
export function meterWords({ hidden, clipped }) {
  return `This scale hides ${whole(hidden)} of cells (below one colour step) and clips ${whole(clipped)}.`;
}

const SIGHT = { seen: [], hidden: ["below one colour step"], clipped: ["beyond the scale"] };

/** What the colour of a cell does not show. @param {import("./draw/scale.js").Norm} norm @param {number} value @returns {string[]} a few words, or none */
export const sightWords = (norm, value) => SIGHT[sightOf(norm, value)];

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
