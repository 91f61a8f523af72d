/** The gradient flow: warnings in sentences, and the numbers by layer, now and over time. */

import { choice } from "../ui/fields.js";
import { COLORS, dash } from "../ui/line_style.js";
import { count } from "../ui/number.js";
import { plot } from "../ui/plot.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { rangeOf, share } from "./axes.js";
import { flowPlot } from "./plots.js";
import { flowTable } from "./table_view.js";
import { column, current, headline, layerName, QUANTITIES, quantityText } from "./text.js";

/** @import { GradientFlow } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

const VIEWS = { time: "Over time", now: "Last pass" };

/** @param {State} state @param {Actions} actions */
export function flow({ flow: { gradients: flow } }, actions) {
  const { answer } = flow;
  if (!answer) return html`<p class="waiting">Gradient magnitude per layer.</p>`;
  return html`${warnings(answer, actions)} ${body(flow, answer, actions)}`;
}

/** @param {GradientFlow} answer @param {Actions} actions */
function warnings({ warnings }, actions) {
  return html`
    <p class="headline ${warnings.length > 0 ? "warned" : ""}">${headline(warnings)}</p>
    <ul class="flow-warnings" role="list">
      ${warnings.map(
        (warning) => html`
          <li data-kind=${warning.kind}>
            ${warning.text}
            <button type="button" @click=${() => actions.flow.openWarning(warning)}>Show the gradient</button>
          </li>
        `,
      )}
    </ul>
  `;
}

/**
 * @param {State["flow"]["gradients"]} flow
 * @param {GradientFlow} answer
 * @param {Actions} actions
 */
function body(flow, answer, actions) {
  const { quantity, view } = flow;
  const names = Object.fromEntries(Object.entries(QUANTITIES).map(([name, { label }]) => [name, label]));
  return html`
    <div class="flow-choices">
      ${choice({ name: "flow_view", label: "Show", value: view, options: VIEWS, commit: (chosen) => actions.flow.arrange({ view: /** @type {any} */ (chosen) }) })}
      ${legend(answer)}
    </div>
    ${view === "now" ? nothing : multiples(answer)}
    <div class="flow-choices">
      ${choice({ name: "flow_quantity", label: "Quantity", value: quantity, options: names, commit: (name) => actions.flow.arrange({ quantity: name }) })}
    </div>
    ${view === "now" ? bars(quantity, answer) : nothing} ${flowTable(flow, answer, actions)} ${explained(answer)}
  `;
}

/** A small plot of each quantity; the steps under the pointer are the same in all of them. @param {GradientFlow} answer */
function multiples(answer) {
  if (answer.steps.length === 0) return html`<p class="waiting">The lines start at the first step.</p>`;
  const last = count(answer.steps[answer.steps.length - 1]);
  return html`
    <div class="flow-multiples">
      ${Object.entries(QUANTITIES).map(
        ([name, { label, unit, log }]) => html`
          <figure role="img" aria-label="${label}${log ? ", logarithmic" : ""}, ${answer.layers.length} layers, up to step ${last}" data-quantity=${name}>
            <figcaption><b>${label}</b> <span class="unit">${unit}</span></figcaption>
            <div class="flow-plot" aria-hidden="true" ${plot(flowPlot(name, answer, (index) => readStep(name, answer, index)))}></div>
            <p class="flow-read" aria-hidden="true"></p>
          </figure>
        `,
      )}
    </div>
  `;
}

/** Write the values of the step under the pointer beneath a plot. @param {string} name @param {GradientFlow} answer @param {number | null} index */
function readStep(name, answer, index) {
  const line = document.querySelector(`[data-quantity="${name}"] .flow-read`);
  if (!line) return;
  const values = answer.layers.map((_, k) => (index === null ? Number.NaN : column(answer, name, k)[index]));
  const texts = values.map((value) => quantityText(value, QUANTITIES[name]));
  line.textContent = index === null ? "" : `step ${count(answer.steps[index])}: ${texts.join(" · ")}`;
}

/** @param {GradientFlow} answer */
function legend(answer) {
  return html`
    <ul class="flow-legend" role="list" aria-label="Layers">
      ${answer.layers.map((_, k) => html`<li class="line-${k % COLORS}">${swatch(dash(k))} <b>${layerName(answer, k)}</b></li>`)}
    </ul>
  `;
}

/** @param {number[]} dashes */
const swatch = (dashes) => html`
  <svg viewBox="0 0 28 6" width="28" height="6" aria-hidden="true">
    <line x1="1" y1="3" x2="27" y2="3" stroke-dasharray=${dashes.join(" ")} />
  </svg>
`;

/** @param {string} name @param {GradientFlow} answer */
function bars(name, answer) {
  const quantity = QUANTITIES[name];
  const values = current(answer, name);
  const range = rangeOf([values], { ...quantity, range: name === "cosine" ? [-1, 1] : quantity.range });
  return html`
    <table class="flow-bars">
      <caption>${quantity.label}${quantity.log ? ", on a logarithmic axis" : ""} <i>(${quantity.unit})</i></caption>
      <tbody>
        ${values.map(
          (value, k) => html`
            <tr>
              <th scope="row">${layerName(answer, k)}</th>
              <td class="bar line-${k % COLORS}" .style=${`--share: ${share(value, range, quantity.log) || 0}`}>
                <span aria-hidden="true"></span>
                ${quantity.mark === null ? nothing : html`<i aria-hidden="true" .style=${`--share: ${share(quantity.mark, range, true)}`}></i>`}
              </td>
              <td class="value">${quantityText(value, quantity)}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

/** @param {GradientFlow} answer */
function explained(answer) {
  const { probe, stride, mode } = answer;
  const apart = stride === 1 ? "every step" : `every ${count(stride)} steps`;
  return html`
    <p class="note">
      W: the weights of a layer, without its biases. Relative update size: the norm of the update divided by the norm of the weights; large
      networks are often near 0.001, small ones take larger steps while they learn. A slope is near zero if it is below 1% of the steepest slope
      of the activation function; a unit is dead if its slope is near zero for each of the first ${count(probe)} samples of the data.
      Measured after ${apart}.
      ${mode === "visualize" ? "The last pass changed nothing, so it has no update." : ""} ${withoutCosine(answer)}
    </p>
  `;
}

/** Explain a missing cosine of the last pass. @param {GradientFlow} answer */
function withoutCosine(answer) {
  if (answer.step < 2 || !current(answer, "cosine").every(Number.isNaN)) return "";
  if (answer.mode === "visualize")
    return "It has no cosine either: that compares the gradients of two consecutive steps.";
  return `Step ${count(answer.step)} is not one of them, so its cosine is unknown: the gradient before it was not kept.`;
}
