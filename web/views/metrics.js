/** Which classes the network takes for which: a heatmap for each set of samples, as the weights are now. */

import { setsIn, shareWords, takenWords } from "../confusion_words.js";
import { PALETTES } from "../draw/color.js";
import { count } from "../draw/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { confusionMatrix } from "./confusion_matrix.js";
import { confusionTable } from "./confusion_table.js";
import { cursor } from "./cursor.js";
import { choice } from "./field.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../api.d.ts").Confusion} Confusion */

/** @type {Record<import("../draw/confusion.js").Measure, string>} */
const MEASURES = { count: "Samples", share: "Share of their class" };

/** @param {State} state @param {Actions} actions */
export function metrics(state, actions) {
  const { confusing, confusion } = state;
  const toggle = (/** @type {Event} */ event) =>
    actions.show_confusion(/** @type {HTMLDetailsElement} */ (event.currentTarget).open);
  return html`
    <details class="confusion" ?open=${confusing.open} @toggle=${toggle}>
      <summary>Confusion matrix</summary>
      ${confusing.open && confusion ? body(confusion, state, actions) : nothing}
    </details>
  `;
}

/** @param {Confusion} answer @param {State} state @param {Actions} actions */
function body(answer, { confusing, palette, playing }, actions) {
  const { forward: table, diverging } = PALETTES[palette] ?? Object.values(PALETTES)[0];
  const { measure, cell } = confusing;
  const sets = setsIn(answer);
  return html`
    <p class="hint">
      At step ${count(answer.step)}. Each row is a true class, each column what the network takes its samples for. What is right stands on the diagonal.
    </p>
    ${choice({ name: "confusion_measure", label: "Colours show", value: measure, options: MEASURES, commit: (chosen) => actions.arrange_confusion({ measure: /** @type {any} */ (chosen) }) })}
    ${hearing(
      sets.map((set) => confusionMatrix(set, sets, answer, { table, diverging, measure, cell, passing: playing })),
      actions,
    )}
    ${readout(answer, cell)} ${confusionTable(answer, confusing.table, actions)}
  `;
}

/** The element that hears for both matrices. @param {unknown} matrices @param {Actions} actions */
function hearing(matrices, actions) {
  // A count consists of samples and of nothing else: there is nothing to explain.
  const hear = cursor({ show_cell: actions.point_at_confusion, ask: () => {} });
  return html`
    <div
      class="matrices"
      @pointermove=${hear}
      @pointerdown=${hear}
      @pointerout=${hear}
      @click=${hear}
      @keydown=${hear}
      @focusin=${hear}
      @focusout=${hear}
    >${matrices}</div>
  `;
}

/** For eyes: to ears the cell of the grid speaks. @param {Confusion} answer @param {import("../confusing.js").Confusing["cell"]} cell */
function readout(answer, cell) {
  const { labels } = answer;
  if (!cell || cell.row >= labels.length || cell.col >= labels.length)
    return html`<div class="taken"><p class="hint">Point at a cell, or move to a matrix with Tab and walk in it with the arrow keys, to read it.</p></div>`;
  const { row, col } = cell;
  return html`
    <div class="taken">
      <p>true <bdi><code>${labels[row]}</code></bdi>, predicted <bdi><code>${labels[col]}</code></bdi></p>
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
