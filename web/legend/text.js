/** Colour scales in words. */

import { visibilityOf } from "../color/coverage.js";
import { STATE } from "../tensors/names.js";
import { count, fixed, formatNumber, trimmed } from "../ui/number.js";

/** @import { ColorScale, Part, Subject } from "../color/column_scale.js" */
/** @import { Coverage } from "../color/coverage.js" */
/** @import { Norm } from "../color/scale.js" */

/** Subjects with their own scale, and their names; the others are vectors of an optimizer's state. @type {Record<Subject, string>} */
const SUBJECTS = {
  forward: "forward pass",
  backward: "backward pass",
  changes: "changes",
  lens: "contributions by sample",
};

/** @param {Subject} subject @returns {string} "forward pass", "velocity" */
export const subjectName = (subject) => SUBJECTS[subject] ?? STATE[subject].title.toLowerCase();

/** Options and their labels. */
const SCOPES = { column: "Whole column", layer: "Each layer", tensor: "Each matrix" };
export const TRANSFORMS = { linear: "Linear", symlog: "Symlog" };
export const CLIPS = { none: "No", quantiles: "Yes, 2–98%" };

/** @param {Subject} subject @returns {Record<ColorScale["scope"], string> | null} null without a choice */
export function scopesOf(subject) {
  if (subject === "lens") return null;
  return subject === "changes" ? { ...SCOPES, column: "All changes" } : SCOPES;
}

/** Label of one change to a scale. @param {Partial<ColorScale>} change */
export function describeSuggestion({ scope, transform, clip }) {
  if (transform) return transform === "symlog" ? "Make small values visible" : "Back to linear";
  if (clip !== undefined) return clip ? "Cut off outliers" : "Show outliers again";
  return { layer: "Scale each layer separately", tensor: "Scale each matrix separately", column: "Back to one scale" }[
    scope ?? "column"
  ];
}

/** @param {Subject} subject @param {ColorScale} scale @returns {string} "each layer, linear, outliers cut off" */
export function describeScale(subject, { scope, transform, clip }) {
  const scopes = scopesOf(subject);
  const words = [TRANSFORMS[transform], clip ? "outliers cut off" : "outliers included"];
  return [...(scopes ? [scopes[scope]] : []), ...words].join(", ").toLowerCase();
}

/** Scopes of one scale, in words. */
const FOR = { column: "one scale per column", layer: "one scale per layer", tensor: "one scale per matrix" };

/** The words of the button that opens the choices. @param {Subject} subject @param {ColorScale} scale */
export function scaleWords(subject, { scope, transform, clip }) {
  const isChosen = scopesOf(subject) !== null;
  const words = [...(isChosen ? [FOR[scope]] : []), ...(clip ? ["outliers cut off"] : [])];
  return { transform, scope: words.join(" · ") };
}

/** Where a symlog scale bends. @param {ColorScale} scale @param {Part} part */
export function describeBend({ scope, transform }, { norm }) {
  if (transform === "linear") return "Linear";
  const most = scope === "column" ? `±${trimmed(norm.threshold, 3)}` : "a small number of each";
  return `Nearly linear up to ${most}, logarithmic beyond`;
}

/**
 * Describe the shares of nonzero cells that the scale hides.
 * @param {Coverage} meter
 * @param {number} [empty] number of matrices that look empty
 * @returns {string[]} "2% too small to see", "· none beyond the scale"
 */
export function describeCoverage({ hidden, clipped }, empty = 0) {
  const small = empty > 0 ? `${count(empty)} ${empty === 1 ? "matrix is" : "matrices are"}` : whole(hidden);
  return [`${small} too small to see`, `· ${whole(clipped)} beyond the scale`];
}

/** @param {number} cells NaN or infinite */
export const describeNotFinite = (cells) => `${count(cells)} ${cells === 1 ? "cell is" : "cells are"} not finite`;

const VISIBILITY = { seen: [], hidden: ["too small to tell from zero"], clipped: ["beyond the scale"] };

/** Describe what the colour of a cell hides. @param {Norm} norm @param {number} value @returns {string[]} a few words, or none */
export const describeVisibility = (norm, value) => VISIBILITY[visibilityOf(norm, value)];

/** Rounded, but few are not none and nearly all are not 100%. @param {number} share @returns {string} "none", "<1%", "41%" */
function whole(share) {
  if (share === 0) return "none";
  if (share > 0 && share < 0.01) return "<1%";
  return `${share < 1 ? Math.min(99, Number(fixed(100 * share, 0))) : 100}%`;
}

/** Range of a part's colours. @param {{min: number, max: number, clipped: boolean}} part @returns {string} "−0.31 … 0.3", with "≤" and "≥" where there is more beyond */
export function rangeWords({ min, max, clipped }) {
  if (!Number.isFinite(min)) return "no numbers";
  return clipped
    ? `≤ ${formatNumber(min, 2)} … ≥ ${formatNumber(max, 2)}`
    : `${formatNumber(min, 2)} … ${formatNumber(max, 2)}`;
}
