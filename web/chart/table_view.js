/** The loss chart as a table. */

import { unitAt } from "../config/units.js";
import { markWords, stopWords, wrongWords } from "../runs/events_text.js";
import { epochs } from "../ui/format.js";
import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { bestEpochOf, bestOf, gapShortly, gapUnit, gapWithUnit, heldOutOf, shortly, withUnit } from "./metric.js";
import { along } from "./scene.js";
import { legendText } from "./text.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { LossLine } from "./line.js" */
/** @import { ChartMetric } from "./metric.js" */
/** @import { Scene } from "./scene.js" */
/**
 * Measurements of one run on one set of samples.
 * @typedef {object} Column
 * @property {RunSummary} run
 * @property {string} title
 * @property {boolean} held_out
 * @property {Float64Array} x       x coordinates of the chart
 * @property {number} reach         last x coordinate
 * @property {Float64Array} step
 * @property {Float64Array} values
 * @property {string[]} units       of the whole table
 * @property {{weight: number, values: Float64Array} | null} smoothed
 */

/** Maximum number of rows. */
const ROWS = 20;

/**
 * The table in the place of the plot.
 * @param {State} state
 * @param {Scene} scene
 * @param {Actions} actions
 */
export const lossTable = (state, scene, actions) => html`
  <div class="loss-table">
    ${table(state, scene)}
    <button type="button" class="chart-button" @click=${() => actions.chart.showTable(false)}>Back to the chart</button>
  </div>
`;

/** @param {State} state @param {Scene} scene */
function table(state, scene) {
  const { metric, acrossLabel, units, drawing } = scene;
  const columns = drawing.lines.flatMap((line) => columnsOf(line, scene, state));
  const weight = Math.max(0, ...columns.map(({ smoothed }) => smoothed?.weight ?? 0));
  const cells = (/** @type {(column: Column) => unknown} */ text) =>
    columns.map((column) => html`<td>${text(column)}</td>`);
  const row = (/** @type {string} */ name, /** @type {(column: Column) => unknown} */ text) =>
    html`<tr><th scope="row">${name}</th>${cells(text)}</tr>`;
  return html`
    <div class="scroll" role="group" aria-label="Table of the chart" tabindex="0">
      <table>
        <caption>${metric === "loss" ? "Mean loss" : "Accuracy"} (${units.join(" or ")}) as last measured up to each ${acrossLabel}</caption>
        <thead>
          <tr><th scope="col">${state.chart.settings.x}</th>${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr>
        </thead>
        <tbody>
          ${placesOf(drawing.lines).map((place) => row(epochs(place), (column) => valueAt(metric, column, place)))}
          ${row("newest", (column) => newest(metric, column, column.values))}
          ${weight > 0 ? row(`smoothed (${weight})`, (column) => (column.smoothed ? newest(metric, column, column.smoothed.values) : "–")) : nothing}
          ${row("best epoch", (column) => bestEpoch(metric, column))}
          ${row("best possible", (column) => bestPossible(metric, column))}
          ${row(units.length > 1 ? "gap" : `gap (${gapUnit(metric, units)})`, (column) => gap(metric, column))}
          ${columns.some(({ run }) => run.marks.length > 0) ? events("changes", columns, ({ marks }) => marks.map(markWords)) : nothing}
          ${columns.some(({ run }) => run.code.wrong.length > 0) ? events("gradients", columns, ({ code }) => code.wrong.map(wrongWords)) : nothing}
          ${columns.some(({ run }) => run.stops.length > 0) ? events("stops", columns, ({ stops }) => stops.map(stopWords)) : nothing}
        </tbody>
      </table>
    </div>
  `;
}

/**
 * @param {LossLine} line
 * @param {Scene} scene
 * @param {State} state
 * @returns {Column[]}
 */
function columnsOf(
  { x, curve },
  { metric, runs, epochs, units },
  {
    runs: { list: all },
    chart: {
      settings: { x: axis },
    },
  },
) {
  const run = runs.find(({ id }) => id === curve.id);
  if (!run) return [];
  const title = legendText(run, all);
  const smoothed = { weight: curve.smoothing, values: curve.smoothed };
  const series = { x, reach: x[x.length - 1], step: curve.step, values: curve.mean, smoothed };
  const own = { run, title, held_out: false, units, ...series };
  const rows = epochs.get(run.id);
  if (!rows || !run.held_out_floor || rows.step.length === 0) return [own];
  const measured = { x: along(rows, axis), step: rows.step, values: heldOutOf(metric, rows), smoothed: null };
  return [own, { ...own, title: `${title}, held out`, held_out: true, ...measured }];
}

/** Return evenly spaced points along the longest line. @param {LossLine[]} lines @returns {number[]} */
function placesOf(lines) {
  const ends = lines.map(({ x }) => x[x.length - 1]);
  const longest = lines[ends.indexOf(Math.max(...ends))];
  if (!longest) return [];
  const { x } = longest;
  const rows = Math.min(ROWS, x.length);
  const picked = Array.from({ length: rows }, (_, i) => x[Math.round((i * (x.length - 1)) / Math.max(1, rows - 1))]);
  return [...new Set(picked)];
}

/**
 * Format a value of one step, with its unit if there are two.
 * @param {ChartMetric} metric
 * @param {Column} column
 * @param {number | null} value
 * @param {{step: number, first?: number}} at  the last of its steps, and their first
 */
function valueText(metric, { run, units }, value, { step, first = step }) {
  if (value === null || units.length < 2) return shortly(metric, value);
  return withUnit(metric, value, unitAt(metric, run, step, first));
}

/**
 * @param {ChartMetric} metric
 * @param {Column} column
 * @param {number} place
 */
function valueAt(metric, column, place) {
  const { x, reach } = column;
  const after = x.findIndex((end) => end > place);
  if (place > reach) return "–"; // beyond the end of its run
  const index = (after < 0 ? x.length : after) - 1;
  return index < 0 ? "–" : pointValue(metric, column, index);
}

/**
 * @param {ChartMetric} metric
 * @param {Column} column
 * @param {number} index
 */
function pointValue(metric, column, index) {
  const { step, values, held_out } = column;
  const first = held_out || metric === "accuracy" ? step[index] : (step[index - 1] ?? 0) + 1;
  return valueText(metric, column, values[index], { step: step[index], first });
}

/**
 * @param {ChartMetric} metric
 * @param {Column} column
 * @param {Float64Array} values
 */
function newest(metric, column, values) {
  const step = column.step[column.step.length - 1];
  return at(valueText(metric, column, values[values.length - 1], { step }), step);
}

/** The best epoch, in the column of the monitored samples. @param {ChartMetric} metric @param {Column} column */
function bestEpoch(metric, column) {
  const { run, held_out } = column;
  const decides = run.config.stopping.monitor.startsWith("held_out") === held_out;
  if (!decides || run.best_step === null) return "–";
  return at(valueText(metric, column, bestEpochOf(metric, run), { step: run.best_step }), run.best_step);
}

/** In the unit of the newest value. @param {ChartMetric} metric @param {Column} column */
function bestPossible(metric, column) {
  const { run, held_out, step } = column;
  const last = step[step.length - 1];
  return valueText(metric, column, bestOf(metric, run, held_out, { step: last }), { step: last });
}

/** Gap between the newest value and the best possible. @param {ChartMetric} metric @param {Column} column */
function gap(metric, { run, held_out, values, step, units }) {
  const [last, value] = [step[step.length - 1], values[values.length - 1]];
  const best = bestOf(metric, run, held_out, { step: last });
  if (best === null) return "–";
  return units.length > 1
    ? gapWithUnit(metric, value, best, unitAt(metric, run, last))
    : gapShortly(metric, value, best);
}

/**
 * Row of a run's events, spanning its columns.
 * @param {string} name
 * @param {Column[]} columns
 * @param {(run: RunSummary) => string[]} words
 */
function events(name, columns, words) {
  const own = columns.filter(({ held_out }) => !held_out);
  const width = (/** @type {RunSummary} */ run) => columns.filter((column) => column.run === run).length;
  return html`
    <tr>
      <th scope="row">${name}</th>
      ${own.map(({ run }) => html`<td class="events" colspan=${width(run)}>${words(run).map((text) => html`<div>${text}</div>`)}</td>`)}
    </tr>
  `;
}

/** "0.1234 @ 1,200" @param {string} value @param {number} step */
const at = (value, step) => `${value} @ ${count(step)}`;
