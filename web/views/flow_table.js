/** The gradient flow as a table: every quantity of the last pass, or one of them over the steps. */

import { spread } from "../draw/histogram.js";
import { count } from "../draw/number.js";
import { column, current, layerName, QUANTITIES, written } from "../flow_words.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../api.d.ts").GradientFlow} GradientFlow */
/** @typedef {import("../actions.js").Actions} Actions */

/** As many as can be read through. */
const ROWS = 20;

/** @param {import("../flowing.js").Flow} flow @param {GradientFlow} answer @param {Actions} actions */
export function flowTable({ table, view, quantity }, answer, actions) {
  const toggle = (/** @type {Event} */ event) => {
    event.stopPropagation();
    const open = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (open !== table) actions.arrange_flow({ table: open });
  };
  return html`
    <details class="as-table" ?open=${table} @toggle=${toggle}>
      <summary>As a table</summary>
      ${table ? (view === "now" ? ofLastPass(answer) : overSteps(quantity, answer)) : nothing}
    </details>
  `;
}

/** @param {GradientFlow} answer */
function ofLastPass(answer) {
  const columns = Object.entries(QUANTITIES).map(([name, quantity]) => ({ quantity, values: current(answer, name) }));
  return framed(html`
    <caption>The last pass, at step ${count(answer.step)}</caption>
    <thead><tr><th scope="col">Layer</th>${columns.map(({ quantity }) => html`<th scope="col">${quantity.label}</th>`)}</tr></thead>
    <tbody>
      ${answer.layers.map(
        (_, k) => html`
          <tr>
            <th scope="row">${layerName(answer, k)}</th>
            ${columns.map(({ quantity, values }) => html`<td>${written(values[k], quantity)}</td>`)}
          </tr>
        `,
      )}
    </tbody>
  `);
}

/** @param {string} name @param {GradientFlow} answer */
function overSteps(name, answer) {
  const quantity = QUANTITIES[name];
  const columns = answer.layers.map((_, k) => column(answer, name, k));
  return framed(html`
    <caption>${quantity.label} (${quantity.unit})</caption>
    <thead><tr><th scope="col">Step</th>${answer.layers.map((_, k) => html`<th scope="col">${layerName(answer, k)}</th>`)}</tr></thead>
    <tbody>
      ${spread(answer.steps.length, ROWS).map(
        (i) => html`
          <tr><th scope="row">${count(answer.steps[i])}</th>${columns.map((values) => html`<td>${written(values[i], quantity)}</td>`)}</tr>
        `,
      )}
    </tbody>
  `);
}

/** @param {unknown} rows */
const framed = (rows) => html`
  <div class="scroll" role="group" aria-label="Table of the gradient flow" tabindex="0"><table>${rows}</table></div>
`;
