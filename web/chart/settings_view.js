/** Settings of the loss chart, and buttons for its files. */

import { choice } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { MAX_SMOOTHING } from "./line.js";
import { CHART_METRICS } from "./metric.js";
import { inkOf } from "./plot.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

const ACROSS = { step: "Step", epoch: "Epoch", time: "Time" };
const KINDS = /** @type {const} */ (["png", "svg", "csv"]);

/** @param {State} state @param {Actions} actions */
export function chartSettings({ chart: { settings: chart, zoom } }, actions) {
  const { metric, x, log, smoothing, outliers, large, held_out } = chart;
  const chooseX = (/** @type {string} */ chosen) => actions.chart.arrange({ x: /** @type {any} */ (chosen) });
  const chooseMetric = (/** @type {string} */ chosen) => actions.chart.arrange({ metric: /** @type {any} */ (chosen) });
  return html`
    <div class="chart-settings">
      ${choice({ name: "chart_metric", label: "Metric", value: metric, options: CHART_METRICS, commit: chooseMetric })}
      ${choice({ name: "chart_x", label: "X axis", value: x, options: ACROSS, commit: chooseX })}
      ${metric === "loss" ? check("Log loss", log, (checked) => actions.chart.arrange({ log: checked })) : nothing}
      ${check(`Held-out ${metric} (dotted)`, held_out, (checked) => actions.chart.arrange({ held_out: checked }))}
      ${check("Ignore outliers", outliers, (checked) => actions.chart.arrange({ outliers: checked }))}
      <p class="field smoothing">
        <label for="field-smoothing">Smoothing</label>
        <input
          id="field-smoothing"
          type="range"
          min="0"
          max=${MAX_SMOOTHING}
          step="0.01"
          .value=${String(smoothing)}
          aria-valuetext=${smoothing === 0 ? "off" : smoothing.toFixed(2)}
          @input=${(/** @type {Event} */ event) => actions.chart.arrange({ smoothing: /** @type {HTMLInputElement} */ (event.target).valueAsNumber })}
        />
        <output for="field-smoothing">${smoothing === 0 ? "off" : smoothing.toFixed(2)}</output>
      </p>
      <p class="save-chart">
        <button type="button" aria-pressed=${String(large)} @click=${() => actions.chart.arrange({ large: !large })}>Enlarge</button>
        <button type="button" aria-disabled=${zoom ? "false" : "true"} @click=${() => actions.chart.zoom(null)}>Reset zoom</button>
        ${KINDS.map((kind) => html`<button type="button" aria-label="Save the chart as ${kind.toUpperCase()}" @click=${(/** @type {Event} */ event) => actions.chart.save(kind, inkNear(event))}><span aria-hidden="true">↓ </span>${kind.toUpperCase()}</button>`)}
      </p>
    </div>
  `;
}

/** The colours of the plot in whose region something happened. @param {Event} event */
function inkNear(event) {
  const region = /** @type {HTMLElement} */ (event.currentTarget).closest("section");
  return inkOf(/** @type {HTMLElement} */ (region?.querySelector(".chart")));
}

/**
 * @param {string} label
 * @param {boolean} checked
 * @param {(checked: boolean) => unknown} commit
 */
function check(label, checked, commit) {
  const act = (/** @type {Event} */ event) => commit(/** @type {HTMLInputElement} */ (event.target).checked);
  return html`<label class="check"><input type="checkbox" .checked=${checked} @change=${act} />${label}</label>`;
}
