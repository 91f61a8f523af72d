/** Gradient flow: what goes wrong, in sentences, and the numbers behind it, layer by layer, now and over time. */

import { COLORS, dash } from "../draw/chart.js";
import { pathOf, rangeOf, SIDE, share, stepRange, ticksAcross, ticksUp } from "../draw/lines.js";
import { count } from "../draw/number.js";
import { column, current, headline, layerName, QUANTITIES, written } from "../flow_words.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { choice } from "./field.js";
import { flowTable } from "./flow_table.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../api.d.ts").GradientFlow} GradientFlow */

const VIEWS = { time: "Over time", now: "Last pass" };

/** @param {State} state @param {Actions} actions */
export function flow({ flow }, actions) {
  const { answer, open } = flow;
  if (!answer) return html`<p class="waiting">How far the gradient comes, layer by layer.</p>`;
  const toggle = (/** @type {Event} */ event) => {
    const is = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (is !== open) actions.arrange_flow({ open: is });
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
            <button type="button" @click=${() => actions.open_warning(warning)}>Open its gradient</button>
          </li>
        `,
      )}
    </ul>
  `;
}

/** @param {State["flow"]} flow @param {GradientFlow} answer @param {Actions} actions */
function body(flow, answer, actions) {
  const { quantity, view } = flow;
  const names = Object.fromEntries(Object.entries(QUANTITIES).map(([name, { label }]) => [name, label]));
  return html`
    <div class="flow-choices">
      ${choice({ name: "flow_quantity", label: "Quantity", value: quantity, options: names, commit: (name) => actions.arrange_flow({ quantity: name }) })}
      ${choice({ name: "flow_view", label: "Show", value: view, options: VIEWS, commit: (chosen) => actions.arrange_flow({ view: /** @type {any} */ (chosen) }) })}
    </div>
    ${view === "now" ? bars(quantity, answer) : lines(quantity, answer)} ${flowTable(flow, answer, actions)}
    ${explained(answer)}
  `;
}

/** @param {string} name @param {GradientFlow} answer */
function lines(name, answer) {
  if (answer.steps.length === 0) return html`<p class="waiting">The lines begin with the first step.</p>`;
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
      ${mark === null ? nothing : html`<li class="mark">${swatch([2, 3])} 1e-3</li>`}
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
              <td class="value">${written(value, quantity)}</td>
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
      W are a layer’s weights without its biases. Updates are compared with the weights that they move; about a thousandth is a good
      sign. A slope is near zero below 1% of the steepest slope that the activation function has; a unit is dead if that is so for
      each of the ${count(probe)} samples that are looked at, the first ones of the data. Measured after ${apart}.
      ${mode === "visualize" ? "The last pass changed nothing, so it has no update." : ""} ${withoutCosine(answer)}
    </p>
  `;
}

/** Why the last pass has no cosine, if it has none. @param {GradientFlow} answer */
function withoutCosine(answer) {
  if (answer.step < 2 || !current(answer, "cosine").every(Number.isNaN)) return "";
  if (answer.mode === "visualize")
    return "Nor has it a cosine, which is that of one step’s gradient with the next one’s.";
  return `Step ${count(answer.step)} is none of those, and the gradient before it was not kept: its cosine is not known.`;
}
