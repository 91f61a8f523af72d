/** Cells that a colour scale hides, and the remedy; or those that are not finite. */

import { firstNotFinite } from "../color/not_finite.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { coverageOf, emptyNames, suggestionOf } from "./cached_scales.js";
import { describeCoverage, describeNotFinite, describeSuggestion } from "./text.js";

/** @import { Column } from "../api.d.ts" */
/** @import { ColorScale, Subject } from "../color/column_scale.js" */
/** @import { Actions, Colours } from "./scale_legend_view.js" */

/** Share of hidden cells from which a change is proposed. */
const MANY = 0.2;

/**
 * @param {Subject} subject
 * @param {Column} column
 * @param {Colours} colours
 * @param {Actions} actions
 */
export function scaleMeter(subject, column, { diverging, legend: { scales, before } }, actions) {
  if (column.scale.not_finite) return notFinite(subject, column, actions);
  const chosen = scales[subject];
  const coverage = coverageOf(column, chosen, diverging);
  const empty = subject === "lens" ? 0 : emptyNames(column, chosen, diverging).length;
  const change = coverage.hidden > MANY || empty > 0 ? suggestionOf(column, chosen, diverging) : null;
  const remedy = change ?? (coverage.clipped > 0 ? { clip: false } : null);
  const old = before[subject];
  return html`
    <span class="legend-meter" data-hides=${subject}>
      <span class="legend-coverage">${describeCoverage(coverage, empty).map((words) => html`<span class="legend-words">${words}</span> `)}</span>
      ${old ? html`<button type="button" data-focus="${subject}_undo" @click=${() => actions.legend.undoSuggestion(subject)}>${describeSuggestion(difference(old, chosen))}</button>` : nothing}
      ${remedy && !old ? html`<button type="button" data-focus="${subject}_suggestion" @click=${() => actions.legend.followSuggestion(subject, remedy)}>${describeSuggestion(remedy)}</button>` : nothing}
    </span>
  `;
}

/** A button that explains the first of them. @param {Subject} subject @param {Column} column @param {Actions} actions */
function notFinite(subject, { tensors, scale }, actions) {
  const explain = () => {
    const cell = firstNotFinite(tensors);
    if (cell) actions.explain.ask(cell, true);
  };
  return html`
    <span class="legend-meter" data-hides=${subject}>
      <button type="button" class="legend-not-finite" @click=${explain}>${describeNotFinite(scale.not_finite)}</button>
    </span>
  `;
}

/** Return the change that turns one scale into another. @param {ColorScale} wanted @param {ColorScale} now @returns {Partial<ColorScale>} */
function difference(wanted, now) {
  if (wanted.transform !== now.transform) return { transform: wanted.transform };
  return wanted.clip !== now.clip ? { clip: wanted.clip } : { scope: wanted.scope };
}
