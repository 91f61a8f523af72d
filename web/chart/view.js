/** The loss chart: plot, readout of one point, legend and settings. */

import { unitAt } from "../config/units.js";
import { COLORS, dash } from "../ui/line_style.js";
import { ofRun } from "../ui/of_run.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { accuracyCurve, bestEpochOf, CHART_METRICS, shortly, withUnit } from "./metric.js";
import { plot } from "./plot.js";
import { lossScene } from "./scene.js";
import { chartSettings } from "./settings_view.js";
import { MARGIN } from "./shapes.js";
import { chartKeys } from "./shortcuts.js";
import { lossTable } from "./table_view.js";
import { cautions, describeLines, legendText, pointOf } from "./text.js";

/** @import { LossCurve, RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { LossLine } from "./line.js" */
/** @import { Scene } from "./scene.js" */

/** @param {State} state @param {Actions} actions */
export function charts(state, actions) {
  const scene = lossScene(state);
  const empty = state.chart.curves.every(({ step }) => step.length === 0);
  if (empty) return html`<p class="chart waiting">The curve starts at the first step.</p>`;
  const notes = cautions(scene);
  return html`
    ${frame(state, scene, actions)}
    ${notes.length > 0 ? html`<p class="note cautions">${notes.join(" ")}</p>` : nothing} ${legend(state, scene, actions)}
    ${chartSettings(state, actions)} ${lossTable(state, scene, actions)}
    <p class="vh">${state.training.playing ? "The chart updates while the network trains." : describeLines(scene)}</p>
  `;
}

/**
 * The focusable frame of the chart.
 * @param {State} state
 * @param {Scene} scene
 * @param {Actions} actions
 */
function frame(state, scene, actions) {
  const {
    chart: { settings: chart },
    runs: { hovered },
    settings: { theme },
  } = state;
  const many = scene.drawing.lines.length;
  return html`
    <div
      class="chart-frame ${chart.large ? "large" : ""}"
      role="application"
      aria-roledescription="line chart"
      aria-label="${CHART_METRICS[chart.metric]} of ${many} ${many === 1 ? "run" : "runs"}"
      aria-describedby="chart-keys"
      tabindex="0"
      data-focus="chart"
      @keydown=${(/** @type {KeyboardEvent} */ event) => chartKeys(event, actions)}
      @blur=${actions.chart.leave}
    >
      <div class="chart" aria-hidden="true" ${plot({ scene, chart, hovered, theme }, actions)}></div>
      ${tooltip(state, scene)}
    </div>
    <p class="vh" id="chart-keys">
      Left and right arrow move from point to point, Page Up and Page Down farther, Home and End to the ends; up and down arrow change the run; plus and
      minus zoom, 0 shows all; Escape leaves the point.
    </p>
  `;
}

/** Tooltip of the current point. @param {State} state @param {Scene} scene */
function tooltip({ chart: { reading }, runs: { colors } }, scene) {
  const point = pointOf(scene, reading);
  if (!point) return nothing;
  const { across, up, lines } = scene.drawing;
  const line = /** @type {LossLine} */ (lines.find(({ curve }) => curve.id === point.id));
  const x = share(line.x[point.index], across);
  const y = Number.isFinite(line.main[point.index]) ? 1 - share(line.main[point.index], up) : 0;
  const place = `--x: ${x}; --y: ${y}; --left: ${MARGIN.left}px; --right: ${MARGIN.right}px; --top: ${MARGIN.top}px; --bottom: ${MARGIN.bottom}px`;
  return html`
    <div class="read-point ${x > 0.5 ? "to-left" : ""} line-${(ofRun(colors, point.id) ?? 0) % COLORS}" .style=${place} aria-hidden="true">
      <span class="ring"></span>
      <div class="tooltip">
        <strong class="name">${point.name}</strong>
        <dl>${point.terms.map(([term, text]) => (text ? html`<div><dt>${term}</dt><dd>${text}</dd></div>` : nothing))}</dl>
      </div>
    </div>
  `;
}

/** Position of a value in a range, clamped to 0 … 1. @param {number} value @param {[number, number]} range */
const share = (value, [low, high]) => Math.max(0, Math.min(1, (value - low) / (high - low)));

/**
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
      ${listed.map((run) => entry(run, newest(run, rows.get(run.id), scene), state, scene, actions))}
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
 * @param {RunSummary} run
 * @param {string} value
 * @param {State} state
 * @param {Scene} scene
 * @param {Actions} actions
 */
function entry(run, value, { runs: { colors, hidden, hovered, list: runs } }, { metric, drawing }, actions) {
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
