/** The content of the loss chart, computed once for each state. */

import { unitSince, unitsOf } from "../config/units.js";
import { ofRun } from "../ui/of_run.js";
import { computed } from "../ui/reads.js";
import { linearTicks, logTicks } from "../ui/ticks.js";
import { marksOf, placeOf, starOf, wrongOf } from "./events.js";
import { lossLine } from "./line.js";
import { accuracyCurve, bestOf, heldOutOf, shortly } from "./metric.js";
import { acrossRange, isDrawn, outsideOf, upRange } from "./range.js";

/** @import { EpochCurve, LossCurve, RunSummary } from "../api.d.ts" */
/** @import { State } from "../page/store.js" */
/** @import { Tick } from "../ui/ticks.js" */
/** @import { Along, LossLine } from "./line.js" */
/** @import { ChartMetric } from "./metric.js" */
/** @import { Range } from "./range.js" */

/** Settings of the chart. `log`: of losses; `smoothing`: weight of the requested curves; `outliers`: ignore them; `large`: enlarge the chart; `held_out`: draw measurements of held-out samples. @typedef {{x: Along, log: boolean, metric: ChartMetric, smoothing: number, outliers: boolean, large: boolean, held_out: boolean}} ChartSettings */
/** The zoomed range, in the coordinates of the chart; null for all of it. @typedef {{across: Range | null, up: Range | null}} Zoom */
/** A point that is being read. @typedef {{id: string, step: number}} Reading */

/**
 * Everything drawn, except colours.
 * @typedef {object} Drawing
 * @property {LossLine[]} lines
 * @property {Record<string, number>} colors             run id → number of its colour and dash
 * @property {Record<string, {x: number, y: number}>} stars  run id → its best point
 * @property {Record<string, {x: number, label: string, words: string, stop: boolean}[]>} marks  run id → where its settings were changed, and where it stopped
 * @property {Record<string, {from: number, to: number}[]>} wrong  run id → where its gradients were wrong
 * @property {Record<string, {x: Float64Array, y: Float64Array}>} held_out  run id → the loss on held-out samples, epoch by epoch
 * @property {{y: number, label: string, from?: number} | null} floor   the best possible for the active run, along the whole axis or from a place on
 * @property {Range} across
 * @property {Range} up
 */
/**
 * @typedef {object} Scene
 * @property {ChartMetric} metric
 * @property {Drawing} drawing
 * @property {RunSummary[]} runs       runs of the lines, in order
 * @property {Map<string, EpochCurve>} epochs  by run id
 * @property {{outside: number, all: number} | null} outliers  points out of view, if outliers are ignored
 * @property {string[]} units          one, or two that cannot be compared
 * @property {string} acrossLabel
 * @property {string} upLabel
 * @property {{word: string, seconds: number}} time  unit of the time axis
 * @property {boolean} log             whether the axis is logarithmic
 */

/** @typedef {Pick<State, "chart" | "runs">} Parts */

/** Share of the range above a good accuracy for the labels of events. */
const LABELS_ABOVE = 0.18;
/** The scene of a state; recomputed only when a part that it reads has changed. */
export const lossScene = computed(made);

/** @param {Parts} state @returns {Scene} */
function made({ chart: { curves, settings, zoom, epochs }, runs: { colors, list: runs, hidden, table } }) {
  const { metric, x, log } = settings;
  // Shares lie close to the best possible, not to zero: a logarithm would show nothing of that.
  const chart = { ...settings, log: log && metric === "loss" };
  const visible = runs.filter(({ id, archived }) => !ofRun(hidden, id) && (!archived || table.archived));
  const losses = byId(curves);
  const rows = byId(epochs);
  const trained = visible.filter(({ id }) => losses.get(id)?.step.length);
  const lossOf = (/** @type {RunSummary} */ { id }) => /** @type {LossCurve} */ (losses.get(id));
  const lines = trained.flatMap((run) => lineOf(lossOf(run), rows.get(run.id), chart));
  const across = zoom?.across ?? acrossRange(trained.map((run) => ({ x: along(lossOf(run), x) })));
  const held_out = settings.held_out ? heldOutLines(lines, rows, chart) : {};
  const floor = floorOf(runs, losses, chart);
  const above = metric === "accuracy" ? LABELS_ABOVE : undefined;
  const up = zoom?.up ?? upRange([...lines, ...besides(held_out, floor, across)], across, chart, above);
  const units = [...new Set(visible.flatMap((run) => unitsOf(metric, run, 1, run.step)))];
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
      wrong: Object.fromEntries(drawn.map((run) => [run.id, wrongOf(run, lossOf(run), chart)])),
      held_out,
      floor,
      across,
      up,
    },
    runs: visible,
    epochs: rows,
    outliers: chart.outliers && !zoom?.up ? outsideOf(lines, across, up, chart.log) : null,
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

/** Positions of points on the x axis. @param {LossCurve | EpochCurve} points @param {ChartSettings["x"]} x */
export const along = ({ step, epoch, seconds }, x) => ({ step, epoch, time: seconds })[x];

/** @type {WeakMap<LossCurve, {x: Along, line: LossLine}>} */
const lines = new WeakMap();

/**
 * None of accuracy before the first epoch is complete.
 * @param {LossCurve} losses
 * @param {EpochCurve | undefined} rows
 * @param {ChartSettings} settings
 * @returns {LossLine[]}
 */
function lineOf(losses, rows, { x, metric }) {
  const curve = metric === "loss" ? losses : rows?.step.length ? accuracyCurve(rows) : null;
  if (!curve) return [];
  const known = lines.get(curve);
  if (known?.x === x) return [known.line];
  const line = lossLine(curve, x);
  // An epoch is measured as a whole: there is nothing to sum up.
  if (metric === "accuracy") line.summed = false;
  lines.set(curve, { x, line });
  return [line];
}

/**
 * Lines of the measurements on held-out samples.
 * @param {LossLine[]} lines
 * @param {Map<string, EpochCurve>} epochs
 * @param {ChartSettings} chart
 */
function heldOutLines(lines, epochs, { x, metric }) {
  /** @type {Map<string, Drawing["held_out"][string]>} */
  const found = new Map();
  for (const { curve } of lines) {
    const rows = epochs.get(curve.id);
    const values = rows && heldOutOf(metric, rows);
    if (!rows || !values?.some(Number.isFinite)) continue;
    found.set(curve.id, { x: along(rows, x), y: values });
  }
  return Object.fromEntries(found);
}

/**
 * The best possible on the active run's training samples, from where its losses are in their present unit.
 * @param {RunSummary[]} runs
 * @param {Map<string, LossCurve>} losses
 * @param {ChartSettings} chart
 * @returns {Drawing["floor"]}
 */
function floorOf(runs, losses, { x, log, metric }) {
  const run = runs.find(({ active }) => active);
  const best = run ? bestOf(metric, run, false, run) : null;
  if (!run || best === null || !isDrawn(best, log)) return null;
  const [label, curve] = [`best possible, ${shortly(metric, best)}`, losses.get(run.id)];
  const since = metric === "loss" ? unitSince(run, run.step) : 0;
  return since > 0 && curve?.step.length ? { y: best, label, from: placeOf(curve, x, since) } : { y: best, label };
}

/**
 * Return other content that must be visible, as lines.
 * @param {Drawing["held_out"]} held_out
 * @param {Drawing["floor"]} floor
 * @param {Range} across
 * @returns {LossLine[]}
 */
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
 * @param {Scene} scene
 * @param {ChartSettings} chart
 * @param {number} width
 * @param {number} height  of the plot, pixels
 * @returns {{across: Tick[], up: Tick[]}}
 */
export function ticksOf({ drawing, time, metric, log }, chart, width, height) {
  const axis = { whole: chart.x === "step", unit: chart.x === "time" ? time.seconds : 1 };
  const rows = Math.max(2, Math.floor(height / 36));
  return {
    across: linearTicks(drawing.across, Math.max(2, Math.floor(width / 62)), axis),
    up: log
      ? logTicks(/** @type {Range} */ (drawing.up.map(Math.log10)), rows).map((tick) => ({
          ...tick,
          at: 10 ** tick.at,
        }))
      : metric === "loss"
        ? linearTicks(drawing.up, rows)
        : shareTicks(drawing.up, rows),
  };
}
