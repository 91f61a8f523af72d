/** The gradient flow as a table: all quantities of the last pass, or one over the steps. */

import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { spread } from "./histogram.js";
import { column, current, layerName, QUANTITIES, quantityText } from "./text.js";

/** @import { GradientFlow } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { Flow } from "./actions.js" */

/** As many as can be read through. */
const ROWS = 20;

/**
 * @param {Flow} flow
 * @param {GradientFlow} answer
 * @param {Actions} actions
 */
export function flowTable({ table, view, quantity }, answer, actions) {
  const toggle = (/** @type {Event} */ event) => {
    event.stopPropagation();
    const open = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (open !== table) actions.flow.arrange({ table: open });
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
            ${columns.map(({ quantity, values }) => html`<td>${quantityText(values[k], quantity)}</td>`)}
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
          <tr><th scope="row">${count(answer.steps[i])}</th>${columns.map((values) => html`<td>${quantityText(values[i], quantity)}</td>`)}</tr>
        `,
      )}
    </tbody>
  `);
}

/** @param {unknown} rows */
const framed = (rows) => html`
  <div class="scroll" role="group" aria-label="Table of the gradient flow" tabindex="0"><table>${rows}</table></div>
`;
