/** The loss chart as a table, for those who read rather than see. */

import { bestEpochOf, bestOf, CHART_METRICS, gapShortly, gapUnit, heldOutOf, shortly } from "../chart_metric.js";
import { count } from "../draw/number.js";
import { along } from "../loss_scene.js";
import { legendText } from "../loss_words.js";
import { markWords, stopWords } from "../marks.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../loss_scene.js").Scene} Scene */
/** @typedef {import("../api.d.ts").RunSummary} RunSummary */
/** @typedef {import("../chart_metric.js").ChartMetric} ChartMetric */
/** @typedef {import("../draw/loss_line.js").LossLine} LossLine */
/**
 * What was measured of one run on one set of samples.
 * @typedef {object} Column
 * @property {RunSummary} run
 * @property {string} title
 * @property {boolean} held_out
 * @property {Float64Array} x       as the chart shows it
 * @property {number} reach         how far the run has come
 * @property {Float64Array} step
 * @property {Float64Array} values
 */

/** As many as can be read through. */
const ROWS = 20;

/** @param {State} state @param {Scene} scene @param {Actions} actions */
export function lossTable(state, scene, actions) {
  const toggle = (/** @type {Event} */ event) =>
    actions.show_loss_table(/** @type {HTMLDetailsElement} */ (event.currentTarget).open);
  return html`
    <details class="loss-table" ?open=${state.loss_table} @toggle=${toggle}>
      <summary>${CHART_METRICS[scene.metric]} as a table</summary>
      ${state.loss_table ? table(state, scene) : nothing}
    </details>
  `;
}

/** @param {State} state @param {Scene} scene */
function table(state, scene) {
  const { metric, acrossLabel, units, drawing } = scene;
  const columns = drawing.lines.flatMap((line) => columnsOf(line, scene, state));
  const cells = (/** @type {(column: Column) => unknown} */ text) =>
    columns.map((column) => html`<td>${text(column)}</td>`);
  const row = (/** @type {string} */ name, /** @type {(column: Column) => unknown} */ text) =>
    html`<tr><th scope="row">${name}</th>${cells(text)}</tr>`;
  return html`
    <div class="scroll" role="group" aria-label="Table of the chart" tabindex="0">
      <table>
        <caption>${metric === "loss" ? "Mean loss" : "Accuracy"} (${units.join(" or ")}) as last measured up to each ${acrossLabel}</caption>
        <thead>
          <tr><th scope="col">${state.chart.x}</th>${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr>
        </thead>
        <tbody>
          ${placesOf(drawing.lines).map((place) => row(written(place), (column) => valueAt(metric, column, place)))}
          ${row("newest", ({ values, step }) => at(shortly(metric, values[values.length - 1]), step[step.length - 1]))}
          ${row("best epoch", (column) => bestEpoch(metric, column))}
          ${row("best possible", ({ run, held_out }) => shortly(metric, bestOf(metric, run, held_out)))}
          ${row(`gap (${gapUnit(metric, units)})`, (column) => gap(metric, column))}
          ${columns.some(({ run }) => run.marks.length > 0) ? events("changes", columns, ({ marks }) => marks.map(markWords)) : nothing}
          ${columns.some(({ run }) => run.stops.length > 0) ? events("stops", columns, ({ stops }) => stops.map(stopWords)) : nothing}
        </tbody>
      </table>
    </div>
  `;
}

/** @param {LossLine} line @param {Scene} scene @param {State} state @returns {Column[]} */
function columnsOf({ x, curve }, { metric, runs, epochs }, { runs: all, chart: { x: axis } }) {
  const run = runs.find(({ id }) => id === curve.id);
  if (!run) return [];
  const title = legendText(run, all);
  const own = { run, title, held_out: false, x, reach: x[x.length - 1], step: curve.step, values: curve.mean };
  const rows = epochs.get(run.id);
  if (!rows || !run.held_out_floor || rows.step.length === 0) return [own];
  const held_out = { held_out: true, x: along(rows, axis), step: rows.step, values: heldOutOf(metric, rows) };
  return [own, { ...own, title: `${title}, held out`, ...held_out }];
}

/** Evenly spread along the line that has come farthest, each at one of its points. @param {LossLine[]} lines @returns {number[]} */
function placesOf(lines) {
  const ends = lines.map(({ x }) => x[x.length - 1]);
  const longest = lines[ends.indexOf(Math.max(...ends))];
  if (!longest) return [];
  const { x } = longest;
  const rows = Math.min(ROWS, x.length);
  const picked = Array.from({ length: rows }, (_, i) => x[Math.round((i * (x.length - 1)) / Math.max(1, rows - 1))]);
  return [...new Set(picked)];
}

/** @param {ChartMetric} metric @param {Column} column @param {number} place */
function valueAt(metric, { x, reach, values }, place) {
  const after = x.findIndex((end) => end > place);
  if (place > reach) return "–"; // its run has not come so far
  const index = (after < 0 ? x.length : after) - 1;
  return index < 0 ? "–" : shortly(metric, values[index]);
}

/** The best epoch, in the column of the samples that decide which it is. @param {ChartMetric} metric @param {Column} column */
function bestEpoch(metric, { run, held_out }) {
  const decides = run.config.stopping.monitor.startsWith("held_out") === held_out;
  return decides && run.best_step !== null ? at(shortly(metric, bestEpochOf(metric, run)), run.best_step) : "–";
}

/** How far the newest value is from the best possible. @param {ChartMetric} metric @param {Column} column */
function gap(metric, { run, held_out, values }) {
  const best = bestOf(metric, run, held_out);
  return best === null ? "–" : gapShortly(metric, values[values.length - 1], best, run);
}

/** What happened on the way, under both columns of a run. @param {string} name @param {Column[]} columns @param {(run: RunSummary) => string[]} words */
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

/** @param {number} place */
const written = (place) => (Number.isInteger(place) ? count(place) : place.toFixed(2));
