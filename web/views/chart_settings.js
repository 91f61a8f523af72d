/** How the loss chart is drawn, and files of it. */

import { CHART_METRICS } from "../chart_metric.js";
import { SMOOTHEST } from "../charting.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { choice } from "./field.js";
import { inkOf } from "./plot.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

const ACROSS = { step: "Step", epoch: "Epoch", time: "Time" };
const KINDS = /** @type {const} */ (["png", "svg", "csv"]);

/** @param {State} state @param {Actions} actions */
export function chartSettings({ chart, zoom }, actions) {
  const { metric, x, log, smoothing, outliers, large, held_out } = chart;
  const chooseX = (/** @type {string} */ chosen) => actions.arrange_chart({ x: /** @type {any} */ (chosen) });
  const chooseMetric = (/** @type {string} */ chosen) => actions.arrange_chart({ metric: /** @type {any} */ (chosen) });
  return html`
    <div class="chart-settings">
      ${choice({ name: "chart_metric", label: "Metric", value: metric, options: CHART_METRICS, commit: chooseMetric })}
      ${choice({ name: "chart_x", label: "Along", value: x, options: ACROSS, commit: chooseX })}
      ${metric === "loss" ? check("Log loss", log, (checked) => actions.arrange_chart({ log: checked })) : nothing}
      ${check(`Held-out ${metric} (dotted)`, held_out, (checked) => actions.arrange_chart({ held_out: checked }))}
      ${check("Ignore outliers", outliers, (checked) => actions.arrange_chart({ outliers: checked }))}
      <p class="field smoothing">
        <label for="field-smoothing">Smoothing</label>
        <input
          id="field-smoothing"
          type="range"
          min="0"
          max=${SMOOTHEST}
          step="0.01"
          .value=${String(smoothing)}
          aria-valuetext=${smoothing === 0 ? "off" : smoothing.toFixed(2)}
          @input=${(/** @type {Event} */ event) => actions.arrange_chart({ smoothing: /** @type {HTMLInputElement} */ (event.target).valueAsNumber })}
        />
        <output for="field-smoothing">${smoothing === 0 ? "off" : smoothing.toFixed(2)}</output>
      </p>
      <p class="save-chart">
        <button type="button" aria-pressed=${String(large)} @click=${() => actions.arrange_chart({ large: !large })}>Enlarge</button>
        <button type="button" aria-disabled=${zoom ? "false" : "true"} @click=${() => actions.zoom_chart(null)}>Reset zoom</button>
        ${KINDS.map((kind) => html`<button type="button" aria-label="Save the chart as ${kind.toUpperCase()}" @click=${(/** @type {Event} */ event) => actions.save_chart(kind, inkNear(event))}><span aria-hidden="true">↓ </span>${kind.toUpperCase()}</button>`)}
      </p>
    </div>
  `;
}

/** The colours of the plot in whose region something happened. @param {Event} event */
function inkNear(event) {
  const region = /** @type {HTMLElement} */ (event.currentTarget).closest("section");
  return inkOf(/** @type {HTMLElement} */ (region?.querySelector(".chart")));
}

/** @param {string} label @param {boolean} checked @param {(checked: boolean) => unknown} commit */
function check(label, checked, commit) {
  const act = (/** @type {Event} */ event) => commit(/** @type {HTMLInputElement} */ (event.target).checked);
  return html`<label class="check"><input type="checkbox" .checked=${checked} @change=${act} />${label}</label>`;
}
