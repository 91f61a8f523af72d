/** The head of the loss chart: its metric, and a menu of its settings, runs and files. */

import { unitAt } from "../config/units.js";
import { choice } from "../ui/fields.js";
import { inkOf } from "../ui/ink.js";
import { COLORS, dash } from "../ui/line_style.js";
import { ofRun } from "../ui/of_run.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { MAX_SMOOTHING } from "./line.js";
import { accuracyCurve, bestEpochOf, CHART_METRICS, shortly, withUnit } from "./metric.js";
import { lossScene } from "./scene.js";
import { cautions, legendText } from "./text.js";

/** @import { LossCurve, RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Scene } from "./scene.js" */

const ACROSS = { step: "Step", epoch: "Epoch", time: "Time" };
const KINDS = /** @type {const} */ (["png", "csv"]);
/** Between the menu and its button. Pixels. */
const GAP = 6;

/** @param {State} state @param {Actions} actions */
export function chartMenu(state, actions) {
  const scene = lossScene(state);
  const { metric } = state.chart.settings;
  const choose = (/** @type {string} */ chosen) => actions.chart.arrange({ metric: /** @type {any} */ (chosen) });
  return html`
    <div class="chart-metric">
      ${choice({ name: "chart_metric", label: "Metric", value: metric, options: CHART_METRICS, commit: choose })}
    </div>
    ${
      state.chart.zoom
        ? html`<button type="button" class="chart-button" @click=${() => actions.chart.zoom(null)}>Reset zoom</button>`
        : nothing
    }
    <button type="button" class="chart-button" popovertarget="chart-settings" aria-label="Chart settings" title="Chart settings">
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2 5h5m4 0h3M2 11h3m4 0h5" /><circle cx="9" cy="5" r="2" /><circle cx="7" cy="11" r="2" /></svg>
    </button>
    <div id="chart-settings" class="chart-settings" popover role="group" aria-label="Chart settings" @beforetoggle=${place}>
      ${fields(state, actions)} ${legend(state, scene, actions)} ${notes(scene)}
    </div>
  `;
}

/** Place the menu beside its button, where there is more room. @param {ToggleEvent} event */
function place({ target, newState }) {
  const menu = /** @type {HTMLElement} */ (target);
  const button = document.querySelector(`[popovertarget="${menu.id}"]`);
  if (newState !== "open" || !button) return;
  const { top, bottom, right } = button.getBoundingClientRect();
  const isAbove = top > innerHeight - bottom;
  menu.style.setProperty("right", `${Math.max(GAP, innerWidth - right)}px`);
  menu.style.setProperty("top", isAbove ? "auto" : `${bottom + GAP}px`);
  menu.style.setProperty("bottom", isAbove ? `${innerHeight - top + GAP}px` : "auto");
  menu.style.setProperty("max-height", `${(isAbove ? top : innerHeight - bottom) - 2 * GAP}px`);
}

/** @param {State} state @param {Actions} actions */
function fields({ chart: { settings, table } }, actions) {
  const { metric, x, log, smoothing, outliers, large, held_out } = settings;
  const arrange = actions.chart.arrange;
  const chooseX = (/** @type {string} */ chosen) => arrange({ x: /** @type {any} */ (chosen) });
  const weight = smoothing === 0 ? "off" : smoothing.toFixed(2);
  return html`
    <p class="field smoothing">
      <label for="field-smoothing">Smoothing</label>
      <input
        id="field-smoothing"
        type="range"
        min="0"
        max=${MAX_SMOOTHING}
        step="0.01"
        .value=${String(smoothing)}
        aria-valuetext=${weight}
        @input=${(/** @type {Event} */ event) => arrange({ smoothing: /** @type {HTMLInputElement} */ (event.target).valueAsNumber })}
      />
      <output for="field-smoothing" aria-live="off">${weight}</output>
    </p>
    ${choice({ name: "chart_x", label: "X axis", value: x, options: ACROSS, commit: chooseX })}
    ${metric === "loss" ? check("Log loss", log, (checked) => arrange({ log: checked })) : nothing}
    ${check(`Held-out ${metric} (dotted)`, held_out, (checked) => arrange({ held_out: checked }))}
    ${check("Ignore outliers", outliers, (checked) => arrange({ outliers: checked }))}
    ${check("Enlarge", large, (checked) => arrange({ large: checked }))}
    ${check(`${CHART_METRICS[metric]} as a table`, table, actions.chart.showTable)}
    <p class="chart-files">
      ${KINDS.map((kind) => html`<button type="button" aria-label="Save the chart as ${kind.toUpperCase()}" @click=${(/** @type {Event} */ event) => actions.chart.save(kind, inkOf(/** @type {Element} */ (event.currentTarget)))}><span aria-hidden="true">↓ </span>${kind.toUpperCase()}</button>`)}
    </p>
  `;
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

/** @param {Scene} scene */
function notes(scene) {
  const sentences = cautions(scene);
  return sentences.length > 0 ? html`<p class="note cautions">${sentences.join(" ")}</p>` : nothing;
}

/**
 * The runs, shown or not.
 * @param {State} state
 * @param {Scene} scene
 * @param {Actions} actions
 */
function legend(state, scene, actions) {
  const {
    runs: { list: runs, table },
    chart: { curves, epochs, settings: chart },
  } = state;
  const listed = runs.filter(({ archived }) => !archived || table.archived);
  const rows = new Map((chart.metric === "loss" ? curves : epochs.map(accuracyCurve)).map((row) => [row.id, row]));
  return html`
    <ul class="legend-runs" role="list" aria-label="Runs in the chart" @pointerleave=${() => actions.runs.hover(null)}>
      ${listed.map((run) => entry({ run, value: newest(run, rows.get(run.id), scene) }, state, scene, actions))}
    </ul>
  `;
}

/**
 * With its unit where there are two.
 * @param {RunSummary} run
 * @param {LossCurve | undefined} curve
 * @param {Scene} scene
 */
function newest(run, curve, { metric, units }) {
  const [value, step] = [curve?.mean.at(-1) ?? null, curve?.step.at(-1) ?? 0];
  return value === null || units.length < 2
    ? shortly(metric, value)
    : withUnit(metric, value, unitAt(metric, run, step));
}

/**
 * @param {{run: RunSummary, value: string}} entry
 * @param {State} state
 * @param {Scene} scene
 * @param {Actions} actions
 */
function entry({ run, value }, { runs: { colors, hidden, hovered, list: runs } }, { metric, drawing }, actions) {
  const { id } = run;
  const hover = () => actions.runs.hover(id);
  return html`
    <li class="line-${(ofRun(colors, id) ?? 0) % COLORS} ${ofRun(hidden, id) ? "hidden" : ""} ${hovered === id ? "hovered" : ""}">
      <button
        type="button"
        aria-pressed=${ofRun(hidden, id) ? "false" : "true"}
        @pointerenter=${hover}
        @focus=${hover}
        @blur=${() => actions.runs.hover(null)}
        @click=${() => actions.runs.toggleVisible(id)}
      >
        <svg viewBox="0 0 28 6" width="28" height="6" aria-hidden="true">
          <line x1="1" y1="3" x2="27" y2="3" stroke-dasharray=${dash(ofRun(colors, id) ?? 0).join(" ")} />
        </svg>
        <span class="name">${legendText(run, runs)}</span>
        <span class="value">${value}</span>
        ${ofRun(drawing.stars, id) ? html`<span class="value" title="Best epoch by the monitored metric">★&nbsp;${shortly(metric, bestEpochOf(metric, run))}</span>` : nothing}
      </button>
    </li>
  `;
}
