/** What the loss chart shows: worked out from the state, once for each state. */

import { marksOf, starOf } from "./chart_marks.js";
import { accuracyCurve, bestOf, heldOutOf, shortly, unitOf } from "./chart_metric.js";
import { lossLine } from "./draw/loss_line.js";
import { acrossRange, outsideOf, upRange } from "./draw/loss_range.js";
import { linearTicks, logTicks } from "./draw/ticks.js";

/** @typedef {import("./store.js").State} State */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** @typedef {import("./api.d.ts").EpochCurve} EpochCurve */
/** @typedef {import("./api.d.ts").LossCurve} LossCurve */
/** @typedef {import("./chart_metric.js").ChartMetric} ChartMetric */
/** @typedef {import("./draw/loss_line.js").LossLine} LossLine */
/** @typedef {import("./draw/chart.js").Drawing} Drawing */
/** @typedef {import("./draw/loss_range.js").Range} Range */

/** How the chart is drawn. `log` is meant for losses; `outliers`: whether they are ignored; `large`: whether the chart takes more room; `held_out`: whether what was measured on held-out samples is drawn. @typedef {import("./draw/loss_line.js").Manner & {metric: ChartMetric, outliers: boolean, large: boolean, held_out: boolean}} ChartSettings */
/** What is looked at closely, in the coordinates of the chart; null for all of it. @typedef {{across: Range | null, up: Range | null}} Zoom */
/** A point that is being read. @typedef {{id: string, step: number}} Reading */

/**
 * @typedef {object} Scene
 * @property {ChartMetric} metric
 * @property {Drawing} drawing
 * @property {RunSummary[]} runs       whose lines are drawn, in their order
 * @property {Map<string, EpochCurve>} epochs  by run id
 * @property {{outside: number, all: number} | null} outliers  points outside, if those are ignored
 * @property {string[]} units          one, or two that cannot be compared
 * @property {string} acrossLabel
 * @property {string} upLabel
 * @property {{word: string, seconds: number}} time  in what time is told
 * @property {boolean} log             whether the axis is logarithmic
 */

/** @typedef {Pick<State, "curves" | "colors" | "runs" | "hidden" | "table" | "chart" | "zoom" | "epochs">} Parts */

/** A good accuracy runs along the top, where the labels of marks and flags hang. A share of the range. */
const LABELS_ABOVE = 0.18;
/** @type {(keyof Parts)[]} */
const READS = ["curves", "colors", "runs", "hidden", "table", "chart", "zoom", "epochs"];
/** @type {{of: Parts, scene: Scene} | null} */
let latest = null;

/** @param {Parts} state @returns {Scene} */
export function lossScene(state) {
  const known = latest;
  if (known && READS.every((part) => known.of[part] === state[part])) return known.scene;
  const scene = made(state);
  latest = { of: state, scene };
  return scene;
}

/** @param {Parts} state @returns {Scene} */
function made({ curves, colors, runs, hidden, table, chart: settings, zoom, epochs }) {
  const { metric, x, log } = settings;
  // Shares lie close to the best possible, not to zero: a logarithm would show nothing of that.
  const chart = { ...settings, log: log && metric === "loss" };
  const visible = runs.filter(({ id, archived }) => !hidden[id] && (!archived || table.archived));
  const losses = byId(curves);
  const rows = byId(epochs);
  const trained = visible.filter(({ id }) => losses.get(id)?.step.length);
  const lossOf = (/** @type {RunSummary} */ { id }) => /** @type {LossCurve} */ (losses.get(id));
  const lines = trained.flatMap((run) => lineOf(lossOf(run), rows.get(run.id), chart));
  const across = zoom?.across ?? acrossRange(trained.map((run) => ({ x: along(lossOf(run), x) })));
  const held_out = settings.held_out ? heldOutLines(lines, rows, chart) : {};
  const floor = floorOf(runs, chart);
  const above = metric === "accuracy" ? LABELS_ABOVE : undefined;
  const up = zoom?.up ?? upRange([...lines, ...besides(held_out, floor, across)], across, chart, above);
  const units = [...new Set(visible.map((run) => unitOf(metric, run)))];
  const time = timeUnit(across[1]);
  const drawn = trained.filter(({ id }) => lines.some(({ curve }) => curve.id === id));
  const stars = drawn.map((run) => [run.id, starOf(run, lossOf(run), chart)]).filter(([, star]) => star);
  return {
    metric,
    drawing: {
      lines,
      colors,
      stars: Object.fromEntries(stars),
      marks: Object.fromEntries(drawn.map((run) => [run.id, marksOf(run, lossOf(run), chart)])),
      held_out,
      floor,
      across,
      up,
    },
    runs: visible,
    epochs: rows,
    outliers: chart.outliers && !zoom?.up ? outsideOf(lines, across, up) : null,
    units,
    acrossLabel: {
      step: "step (updates)",
      epoch: "epoch (passes over the data)",
      time: `training time (${time.word})`,
    }[x],
    upLabel: `${metric} (${units.join(" or ") || (metric === "loss" ? "nats" : "%")}${chart.log ? ", log" : ""})`,
    time,
    log: chart.log,
  };
}

/** @template {{id: string}} T @param {T[]} all @returns {Map<string, T>} */
const byId = (all) => new Map(all.map((one) => [one.id, one]));

/** Where points stand on the axis. @param {LossCurve | EpochCurve} points @param {ChartSettings["x"]} x */
export const along = ({ step, epoch, seconds }, x) => ({ step, epoch, time: seconds })[x];

/** @type {WeakMap<LossCurve, {manner: string, line: LossLine}>} */
const lines = new WeakMap();

/** None of accuracy before the first epoch is complete. @param {LossCurve} losses @param {EpochCurve | undefined} rows @param {ChartSettings} settings @returns {LossLine[]} */
function lineOf(losses, rows, { x, log, smoothing, metric }) {
  const curve = metric === "loss" ? losses : rows?.step.length ? accuracyCurve(rows) : null;
  if (!curve) return [];
  const manner = `${x} ${log} ${smoothing}`;
  const known = lines.get(curve);
  if (known?.manner === manner) return [known.line];
  const line = lossLine(curve, { x, log, smoothing });
  // An epoch is measured as a whole: there is nothing to sum up.
  if (metric === "accuracy") line.summed = false;
  lines.set(curve, { manner, line });
  return [line];
}

/** What was measured on held-out samples, epoch by epoch. @param {LossLine[]} lines @param {Map<string, EpochCurve>} epochs @param {ChartSettings} chart */
function heldOutLines(lines, epochs, { x, log, metric }) {
  /** @type {Drawing["held_out"]} */
  const found = {};
  for (const { curve } of lines) {
    const rows = epochs.get(curve.id);
    const values = rows && heldOutOf(metric, rows);
    if (!rows || !values?.some(Number.isFinite)) continue;
    found[curve.id] = { x: along(rows, x), y: log ? values.map(Math.log10) : values };
  }
  return found;
}

/** The best possible on the active run's training samples. @param {RunSummary[]} runs @param {ChartSettings} chart */
function floorOf(runs, { log, metric }) {
  const run = runs.find(({ active }) => active);
  const best = run ? bestOf(metric, run, false) : null;
  const y = log ? Math.log10(best ?? 0) : best;
  return y !== null && Number.isFinite(y) ? { y, label: `best possible, ${shortly(metric, best)}` } : null;
}

/** What else is to be in sight, as if it were lines. @param {Drawing["held_out"]} held_out @param {Drawing["floor"]} floor @param {Range} across @returns {LossLine[]} */
function besides(held_out, floor, across) {
  const level = floor ? [{ x: Float64Array.from(across), y: Float64Array.of(floor.y, floor.y) }] : [];
  const all = [...Object.values(held_out), ...level];
  return all.map(({ x, y }) => /** @type {any} */ ({ x, raw: y, main: y, low: y, high: y, summed: false }));
}

/** @param {number} longest  seconds */
function timeUnit(longest) {
  if (longest >= 2 * 3600) return { word: "h", seconds: 3600 };
  return longest >= 2 * 60 ? { word: "min", seconds: 60 } : { word: "s", seconds: 1 };
}

/** In percent, none above all. @param {Range} up @param {number} rows */
const shareTicks = (up, rows) => linearTicks(up, rows, { unit: 0.01 }).filter(({ at }) => at <= 1 + 1e-9);

/**
 * @param {Scene} scene @param {ChartSettings} chart @param {number} width @param {number} height  of the plot, pixels
 * @returns {{across: import("./draw/ticks.js").Tick[], up: import("./draw/ticks.js").Tick[]}}
 */
export function ticksOf({ drawing, time, metric, log }, chart, width, height) {
  const axis = { whole: chart.x === "step", unit: chart.x === "time" ? time.seconds : 1 };
  const rows = Math.max(2, Math.floor(height / 36));
  return {
    across: linearTicks(drawing.across, Math.max(2, Math.floor(width / 62)), axis),
    up: log
      ? logTicks(drawing.up, rows)
      : metric === "loss"
        ? linearTicks(drawing.up, rows)
        : shareTicks(drawing.up, rows),
  };
}
