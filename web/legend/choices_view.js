/** Choices under a legend: scope, transform and clip, with coverage and a suggestion. */

import { firstNotFinite } from "../color/not_finite.js";
import { choice } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { CLIPS, describeCoverage, describeNotFinite, describeSuggestion, scopesOf, TRANSFORMS } from "./text.js";

/** @import { Column } from "../api.d.ts" */
/** @import { ColorScale, Subject } from "../color/column_scale.js" */
/** @import { Coverage } from "../color/coverage.js" */
/** @typedef {Pick<import("../page/actions.js").Actions, "legend" | "explain">} Actions */
/** @typedef {Coverage & {suggestion: Partial<ColorScale> | null}} Metered */

/**
 * @param {Subject} subject
 * @param {ColorScale} chosen
 * @param {ColorScale | null} before the scale before the last suggestion
 * @param {Metered} coverage
 * @param {Actions} actions
 */
export function colorChoices(subject, chosen, before, coverage, actions) {
  return html`${choices(subject, chosen, actions)} ${coverageView(subject, chosen, before, coverage, actions)}`;
}

/**
 * How many numbers of a column are not finite, a button that explains the first of them.
 * @param {Column} column
 * @param {Actions} actions
 */
export function notFiniteView({ tensors, scale }, actions) {
  if (!scale.not_finite) return nothing;
  const explain = () => {
    const cell = firstNotFinite(tensors);
    if (cell) actions.explain.ask(cell, true);
  };
  return html`<button type="button" class="legend-not-finite" @click=${explain}>${describeNotFinite(scale.not_finite)}</button>`;
}

/**
 * @param {Subject} subject
 * @param {ColorScale} chosen
 * @param {Actions} actions
 */
function choices(subject, { scope, transform, clip }, actions) {
  const set = (/** @type {any} */ changes) => actions.legend.setScale(subject, changes);
  const scopes = scopesOf(subject);
  return html`
    <div class="choices">
      ${scopes ? choice({ name: `${subject}_scope`, label: "Share colours across", value: scope, options: scopes, commit: (text) => set({ scope: text }) }) : nothing}
      ${choice({ name: `${subject}_transform`, label: "Scale", value: transform, options: TRANSFORMS, commit: (text) => set({ transform: text }) })}
      ${choice({ name: `${subject}_clip`, label: "Cut off outliers", value: clip ? "quantiles" : "none", options: CLIPS, commit: (text) => set({ clip: text === "quantiles" }) })}
    </div>
  `;
}

/**
 * @param {Subject} subject
 * @param {ColorScale} chosen
 * @param {ColorScale | null} before
 * @param {Metered} coverage
 * @param {Actions} actions
 */
function coverageView(subject, chosen, before, coverage, actions) {
  const { suggestion } = coverage;
  return html`
    <div class="gauge">
      <p>${describeCoverage(coverage)}</p>
      ${suggestion ? html`<button type="button" data-focus="${subject}_suggestion" @click=${() => actions.legend.followSuggestion(subject, suggestion)}>${describeSuggestion(suggestion)}</button>` : nothing}
      ${before ? html`<button type="button" data-focus="${subject}_undo" @click=${() => actions.legend.undoSuggestion(subject)}>${describeSuggestion(difference(before, chosen))}</button>` : nothing}
    </div>
  `;
}

/** Return the change that turns one scale into another. @param {ColorScale} wanted @param {ColorScale} now @returns {Partial<ColorScale>} */
function difference(wanted, now) {
  if (wanted.transform !== now.transform) return { transform: wanted.transform };
  return wanted.clip !== now.clip ? { clip: wanted.clip } : { scope: wanted.scope };
}
