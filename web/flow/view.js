/** The gradient flow: warnings in sentences, and the numbers by layer, now and over time. */

import { choice } from "../ui/fields.js";
import { COLORS, dash } from "../ui/line_style.js";
import { count } from "../ui/number.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { pathOf, rangeOf, SIDE, share, stepRange, ticksAcross, ticksUp } from "./line_plot.js";
import { flowTable } from "./table_view.js";
import { column, current, headline, layerName, QUANTITIES, quantityText } from "./text.js";

/** @import { GradientFlow } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

const VIEWS = { time: "Over time", now: "Last pass" };

/** @param {State} state @param {Actions} actions */
export function flow({ flow: { gradients: flow } }, actions) {
  const { answer, open } = flow;
  if (!answer) return html`<p class="waiting">Gradient magnitude per layer.</p>`;
  const toggle = (/** @type {Event} */ event) => {
    const is = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (is !== open) actions.flow.arrange({ open: is });
  };
  return html`
    ${warnings(answer, actions)}
    <details ?open=${open} @toggle=${toggle}>
      <summary>Layer by layer</summary>
      ${open ? body(flow, answer, actions) : nothing}
    </details>
  `;
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
      ${choice({ name: "flow_quantity", label: "Quantity", value: quantity, options: names, commit: (name) => actions.flow.arrange({ quantity: name }) })}
      ${choice({ name: "flow_view", label: "Show", value: view, options: VIEWS, commit: (chosen) => actions.flow.arrange({ view: /** @type {any} */ (chosen) }) })}
    </div>
    ${view === "now" ? bars(quantity, answer) : lines(quantity, answer)} ${flowTable(flow, answer, actions)}
    ${explained(answer)}
  `;
}

/** @param {string} name @param {GradientFlow} answer */
function lines(name, answer) {
  if (answer.steps.length === 0) return html`<p class="waiting">The lines start at the first step.</p>`;
  const quantity = QUANTITIES[name];
  const columns = answer.layers.map((_, k) => column(answer, name, k));
  const [across, up] = [stepRange(answer.steps), rangeOf(columns, quantity)];
  const ticks = { across: ticksAcross(across), up: ticksUp(up, quantity.log, quantity.percent) };
  const last = count(answer.steps[answer.steps.length - 1]);
  return html`
    <figure class="flow-figure">
      <div class="plot-frame" role="img" aria-label="${quantity.label}, ${answer.layers.length} layers, up to step ${last}">
        <p class="axis-name up">${quantity.label}${quantity.log ? ", logarithmic" : ""} <i>(${quantity.unit})</i></p>
        ${upTicks(ticks.up)}
        <svg viewBox="0 0 ${SIDE} ${SIDE}" preserveAspectRatio="none" aria-hidden="true">
          ${ticks.up.map(({ at }) => svg`<path class="grid" d="M0 ${(1 - at) * SIDE}H${SIDE}" />`)}
          ${quantity.mark === null ? nothing : svg`<path class="mark" d="M0 ${(1 - share(quantity.mark, up, true)) * SIDE}H${SIDE}" />`}
          ${columns.map((values, k) => svg`<path class="line line-${k % COLORS}" stroke-dasharray=${dash(k).join(" ")} d=${pathOf(answer.steps, values, across, up, quantity.log)} />`)}
        </svg>
        <div class="ticks across" aria-hidden="true">
          ${ticks.across.map(({ at, label }) => html`<span .style=${`--at: ${at}`}>${label}</span>`)}
        </div>
        <p class="axis-name across">step</p>
      </div>
      <figcaption>${legend(answer, quantity.mark)}</figcaption>
    </figure>
  `;
}

/** @param {{at: number, label: string}[]} ticks */
export const upTicks = (ticks) => html`
  <div class="ticks up" aria-hidden="true">${ticks.map(({ at, label }) => html`<span .style=${`--at: ${at}`}>${label}</span>`)}</div>
`;

/** @param {GradientFlow} answer @param {number | null} mark */
function legend(answer, mark) {
  return html`
    <ul class="flow-legend" role="list" aria-label="Layers">
      ${answer.layers.map((_, k) => html`<li class="line-${k % COLORS}">${swatch(dash(k))} <b>${layerName(answer, k)}</b></li>`)}
      ${mark === null ? nothing : html`<li class="mark">${swatch([2, 3])} 0.001, often seen in large networks</li>`}
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
