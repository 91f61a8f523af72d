/** Metrics of the active run: whole sets of samples, and the confusion matrices. */

import { tablesOf } from "../color/palettes.js";
import { cursor } from "../heatmap/pointer.js";
import { choice } from "../ui/fields.js";
import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { confusionMatrix } from "./matrix_view.js";
import { measured } from "./measured_view.js";
import { confusionTable } from "./table_view.js";
import { setsIn, shareWords, takenWords, withoutPrediction } from "./text.js";

/** @import { Confusion } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { ConfusionView } from "./actions.js" */
/** @import { Measure } from "./confusion.js" */

/** @type {Record<Measure, string>} */
const MEASURES = { count: "Count", share: "Share of row" };

/** @param {State} state @param {Actions} actions */
export function metrics(state, actions) {
  const {
    metrics: { view: confusing, confusion },
  } = state;
  const toggle = (/** @type {Event} */ event) =>
    actions.metrics.showConfusion(/** @type {HTMLDetailsElement} */ (event.currentTarget).open);
  return html`
    ${state.run ? measured(state.run) : nothing}
    <details class="confusion" ?open=${confusing.open} @toggle=${toggle}>
      <summary>Confusion matrix</summary>
      ${confusing.open && confusion ? body(confusion, state, actions) : nothing}
    </details>
  `;
}

/**
 * @param {Confusion} answer
 * @param {State} state
 * @param {Actions} actions
 */
function body(answer, { metrics: { view: confusing }, settings: { palette, shown }, training: { playing } }, actions) {
  const { forward: table, diverging } = tablesOf(palette, shown);
  const { measure, cell } = confusing;
  const sets = setsIn(answer);
  return html`
    <p class="hint">
      At step ${count(answer.step)}. Rows: true class. Columns: prediction. Correct ones lie on the diagonal. ${withoutPrediction(answer)}
    </p>
    ${choice({ name: "confusion_measure", label: "Colour by", value: measure, options: MEASURES, commit: (chosen) => actions.metrics.arrangeConfusion({ measure: /** @type {any} */ (chosen) }) })}
    ${matrices(
      sets.map((set) => confusionMatrix(set, sets, answer, { table, diverging, measure, cell, passing: playing })),
      actions,
    )}
    ${readout(answer, cell)} ${confusionTable(answer, confusing.table, actions)}
  `;
}

/** The element that handles the events of both matrices. @param {unknown} figures @param {Actions} actions */
function matrices(figures, actions) {
  // A count has no explanation.
  const onEvent = cursor({ showCell: actions.metrics.pointAtConfusion, ask: () => {} });
  return html`
    <div
      class="matrices"
      @pointermove=${onEvent}
      @pointerdown=${onEvent}
      @pointerout=${onEvent}
      @click=${onEvent}
      @keydown=${onEvent}
      @focusin=${onEvent}
      @focusout=${onEvent}
    >${figures}</div>
  `;
}

/** Visual only: screen readers read the grid cell. @param {Confusion} answer @param {ConfusionView["cell"]} cell */
function readout(answer, cell) {
  const { labels } = answer;
  if (!cell || cell.row >= labels.length || cell.col >= labels.length)
    return html`<div class="taken"><p class="hint">Point at a cell to read it. By keyboard: Tab, then the arrow keys.</p></div>`;
  const { row, col } = cell;
  return html`
    <div class="taken">
      <p>true <bdi translate="no"><code translate="no">${labels[row]}</code></bdi>, predicted <bdi translate="no"><code translate="no">${labels[col]}</code></bdi></p>
      <dl>
        ${setsIn(answer).map(
          ({ title, counts }) => html`
            <div><dt>${title}</dt> <dd>${takenWords(answer, counts, row, col)} <small>${shareWords(answer, counts, row, col)}</small></dd></div>
          `,
        )}
      </dl>
    </div>
  `;
}
