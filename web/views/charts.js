/** The losses of all runs, live: the plot, what it says of one point, its legend and its settings. */

import { accuracyCurve, bestEpochOf, CHART_METRICS, shortly } from "../chart_metric.js";
import { COLORS, dash, MARGIN } from "../draw/chart.js";
import { lossScene } from "../loss_scene.js";
import { cautions, describeLines, legendText, pointOf } from "../loss_words.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { chartKeys } from "./chart_keys.js";
import { chartSettings } from "./chart_settings.js";
import { lossTable } from "./loss_table.js";
import { plot } from "./plot.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../loss_scene.js").Scene} Scene */

/** @param {State} state @param {Actions} actions */
export function charts(state, actions) {
  const scene = lossScene(state);
  const empty = state.curves.every(({ step }) => step.length === 0);
  if (empty) return html`<p class="chart waiting">The curve begins with the first step.</p>`;
  const notes = cautions(scene);
  return html`
    ${frame(state, scene, actions)}
    ${notes.length > 0 ? html`<p class="note cautions">${notes.join(" ")}</p>` : nothing} ${legend(state, scene, actions)}
    ${chartSettings(state, actions)} ${lossTable(state, scene, actions)}
    <p class="sr-only">${state.playing ? "The chart is being drawn while the network is trained." : describeLines(scene)}</p>
  `;
}

/** What can be focused and walked through. @param {State} state @param {Scene} scene @param {Actions} actions */
function frame(state, scene, actions) {
  const { chart, hovered, theme } = state;
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
      @blur=${actions.leave_chart}
    >
      <div class="chart" aria-hidden="true" ${plot({ scene, chart, hovered, theme }, actions)}></div>
      ${tooltip(state, scene)}
    </div>
    <p class="sr-only" id="chart-keys">
      Left and right arrow walk from point to point, Page Up and Page Down farther, Home and End to the ends; up and down arrow change the run; plus and
      minus zoom, 0 shows all; Escape leaves the point.
    </p>
  `;
}

/** The point that is read, with a ring around it. @param {State} state @param {Scene} scene */
function tooltip({ reading, colors }, scene) {
  const point = pointOf(scene, reading);
  if (!point) return nothing;
  const { across, up, lines } = scene.drawing;
  const line = /** @type {import("../draw/loss_line.js").LossLine} */ (
    lines.find(({ curve }) => curve.id === point.id)
  );
  const x = share(line.x[point.index], across);
  const y = Number.isFinite(line.main[point.index]) ? 1 - share(line.main[point.index], up) : 0;
  const place = `--x: ${x}; --y: ${y}; --left: ${MARGIN.left}px; --right: ${MARGIN.right}px; --top: ${MARGIN.top}px; --bottom: ${MARGIN.bottom}px`;
  return html`
    <div class="read-point ${x > 0.5 ? "to-left" : ""} line-${(colors[point.id] ?? 0) % COLORS}" .style=${place} aria-hidden="true">
      <span class="ring"></span>
      <div class="tooltip">
        <strong class="name">${point.name}</strong>
        <dl>${point.terms.map(([term, text]) => (text ? html`<div><dt>${term}</dt><dd>${text}</dd></div>` : nothing))}</dl>
      </div>
    </div>
  `;
}

/** Where a value stands in a range: from 0 to 1, and at its edge if it is outside. @param {number} value @param {[number, number]} range */
const share = (value, [low, high]) => Math.max(0, Math.min(1, (value - low) / (high - low)));

/** @param {State} state @param {Scene} scene @param {Actions} actions */
function legend(state, scene, actions) {
  const { runs, curves, epochs, table, chart } = state;
  const listed = runs.filter(({ archived }) => !archived || table.archived);
  const rows = chart.metric === "loss" ? curves : epochs.map(accuracyCurve);
  const values = new Map(rows.map(({ id, mean }) => [id, shortly(chart.metric, mean.at(-1) ?? null)]));
  return html`
    <ul class="legend-runs" role="list" aria-label="Runs in the chart" @pointerleave=${() => actions.hover_run(null)}>
      ${listed.map((run) => entry(run, values.get(run.id) ?? "–", state, scene, actions))}
    </ul>
  `;
}

/** @param {import("../api.d.ts").RunSummary} run @param {string} value @param {State} state @param {Scene} scene @param {Actions} actions */
function entry(run, value, { colors, hidden, hovered, runs }, { metric, drawing }, actions) {
  const { id } = run;
  const hover = () => actions.hover_run(id);
  return html`
    <li class="line-${(colors[id] ?? 0) % COLORS} ${hidden[id] ? "hidden" : ""} ${hovered === id ? "hovered" : ""}">
      <button
        type="button"
        aria-pressed=${hidden[id] ? "false" : "true"}
        @pointerenter=${hover}
        @focus=${hover}
        @blur=${() => actions.hover_run(null)}
        @click=${() => actions.toggle_visible(id)}
      >
        <svg viewBox="0 0 28 6" width="28" height="6" aria-hidden="true">
          <line x1="1" y1="3" x2="27" y2="3" stroke-dasharray=${dash(colors[id] ?? 0).join(" ")} />
        </svg>
        <span class="name">${legendText(run, runs)}</span>
        <span class="value">${value}</span>
        ${drawing.stars[id] ? html`<span class="value" title="The best epoch by the metric that is monitored">★&nbsp;${shortly(metric, bestEpochOf(metric, run))}</span>` : nothing}
      </button>
    </li>
  `;
}
