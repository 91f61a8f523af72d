/** What the loss chart shows: worked out from the state, once for each state. */

import { lossLine } from "./draw/loss_line.js";
import { acrossRange, outsideOf, upRange } from "./draw/loss_range.js";
import { linearTicks, logTicks } from "./draw/ticks.js";
import { markLabel, markWords } from "./marks.js";
import { short } from "./words.js";

/** @typedef {import("./store.js").State} State */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** @typedef {import("./api.d.ts").EpochCurve} EpochCurve */
/** @typedef {import("./draw/loss_line.js").LossLine} LossLine */
/** @typedef {import("./draw/chart.js").Drawing} Drawing */
/** @typedef {import("./draw/loss_range.js").Range} Range */

/** How losses are drawn. `outliers`: whether they are ignored; `large`: whether the chart takes more room; `held_out`: whether losses on held-out samples are drawn. @typedef {import("./draw/loss_line.js").Manner & {outliers: boolean, large: boolean, held_out: boolean}} ChartSettings */
/** What is looked at closely, in the coordinates of the chart; null for all of it. @typedef {{across: Range | null, up: Range | null}} Zoom */
/** A point that is being read. @typedef {{id: string, step: number}} Reading */

/**
 * @typedef {object} Scene
 * @property {Drawing} drawing
 * @property {RunSummary[]} runs       whose lines are drawn, in their order
 * @property {{outside: number, all: number} | null} outliers  points outside, if those are ignored
 * @property {string[]} units          of the losses: one, or two that cannot be compared
 * @property {string} acrossLabel
 * @property {string} upLabel
 * @property {{word: string, seconds: number}} time  in what time is told
 */

/** @typedef {Pick<State, "curves" | "colors" | "runs" | "hidden" | "table" | "chart" | "zoom" | "epochs" | "dataset">} Parts */

/** @type {(keyof Parts)[]} */
const READS = ["curves", "colors", "runs", "hidden", "table", "chart", "zoom", "epochs", "dataset"];
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
function made({ curves, colors, runs, hidden, table, chart, zoom, epochs, dataset }) {
  const visible = runs.filter(({ id, archived }) => !hidden[id] && (!archived || table.archived));
  const byId = new Map(curves.map((curve) => [curve.id, curve]));
  const drawn = visible.flatMap((run) => byId.get(run.id) ?? []);
  const lines = drawn.filter(({ step }) => step.length > 0).map((curve) => lineOf(curve, chart));
  const across = zoom?.across ?? acrossRange(lines);
  const held_out = heldOutOf(lines, epochs, chart);
  const floor = floorOf(runs, dataset, chart);
  const up = zoom?.up ?? upRange([...lines, ...besides(held_out, floor, across)], across, chart);
  const units = [...new Set(visible.map(unitOf))];
  const time = timeUnit(across[1]);
  return {
    drawing: {
      lines,
      colors,
      stars: starsOf(visible, lines, chart),
      marks: marksOf(visible, lines, chart),
      held_out,
      floor,
      across,
      up,
    },
    runs: visible,
    outliers: chart.outliers && !zoom?.up ? outsideOf(lines, across, up) : null,
    units,
    acrossLabel: {
      step: "step (updates)",
      epoch: "epoch (passes over the data)",
      time: `training time (${time.word})`,
    }[chart.x],
    upLabel: `loss (${units.join(" or ") || "nats"}${chart.log ? ", log" : ""})`,
    time,
  };
}

/** @param {RunSummary} run */
export const unitOf = ({ config }) => (config.trainer.loss_type === "mse" ? "squared error" : "nats");

/** @type {WeakMap<import("./api.d.ts").LossCurve, {manner: string, line: LossLine}>} */
const lines = new WeakMap();

/** @param {import("./api.d.ts").LossCurve} curve @param {ChartSettings} settings @returns {LossLine} */
function lineOf(curve, { x, log, smoothing }) {
  const manner = `${x} ${log} ${smoothing}`;
  const known = lines.get(curve);
  if (known?.manner === manner) return known.line;
  const line = lossLine(curve, { x, log, smoothing });
  lines.set(curve, { manner, line });
  return line;
}

/** The best epoch, where it ended. @param {RunSummary[]} runs @param {LossLine[]} lines @param {ChartSettings} chart */
function starsOf(runs, lines, { x, log }) {
  /** @type {Drawing["stars"]} */
  const stars = {};
  for (const { curve, x: places } of lines) {
    const { best_step, best_loss } = /** @type {RunSummary} */ (runs.find(({ id }) => id === curve.id));
    if (best_step === null || best_loss === null) continue;
    const y = log ? Math.log10(best_loss) : best_loss;
    const at = x === "step" ? best_step : between(curve.step, places, best_step);
    if (Number.isFinite(y) && Number.isFinite(at)) stars[curve.id] = { x: at, y };
  }
  return stars;
}

const FLAGS = { early_stopping: "stopped early", target: "target", max_epochs: "epochs done", diverged: "diverged" };

/** Where it stopped of itself, and where settings were changed; what was changed at one step is one mark. @param {RunSummary[]} runs @param {LossLine[]} lines @param {ChartSettings} chart */
function marksOf(runs, lines, { x }) {
  /** @type {Drawing["marks"]} */
  const marks = {};
  for (const { curve, x: places } of lines) {
    const place = (/** @type {number} */ step) => (x === "step" ? step : between(curve.step, places, step));
    const { marks: all, stopped } = /** @type {RunSummary} */ (runs.find(({ id }) => id === curve.id));
    const steps = [...new Set(all.map(({ step }) => step))];
    const flag = stopped
      ? [{ x: place(stopped.step), label: `⚑ ${FLAGS[stopped.reason]}`, words: stopped.sentence }]
      : [];
    const changed = steps.map((step) => {
      const changes = all.filter((mark) => mark.step === step);
      return {
        x: place(step),
        label: changes.map(markLabel).join(", "),
        words: changes.map(markWords).join(", "),
      };
    });
    marks[curve.id] = [...changed, ...flag];
  }
  return marks;
}

/** The loss on held-out samples, epoch by epoch. @param {LossLine[]} lines @param {EpochCurve[]} epochs @param {ChartSettings} chart */
function heldOutOf(lines, epochs, { x, log, held_out: isShown }) {
  /** @type {Drawing["held_out"]} */
  const found = {};
  for (const { curve } of isShown ? lines : []) {
    const rows = epochs.find(({ id }) => id === curve.id);
    if (!rows?.held_out_loss.some(Number.isFinite)) continue;
    const losses = rows.held_out_loss;
    found[curve.id] = {
      x: { step: rows.step, epoch: rows.epoch, time: rows.seconds }[x],
      y: log ? losses.map(Math.log10) : losses,
    };
  }
  return found;
}

/** The best possible loss on the active run's training samples. @param {RunSummary[]} runs @param {State["dataset"]} dataset @param {ChartSettings} chart */
function floorOf(runs, dataset, { log }) {
  const run = runs.find(({ active }) => active);
  if (!run || !dataset) return null;
  const loss = dataset.floor[run.config.trainer.loss_type];
  const y = log ? Math.log10(loss) : loss;
  return Number.isFinite(y) ? { y, label: `best possible, ${short(loss)}` } : null;
}

/** What else is to be in sight, as if it were lines. @param {Drawing["held_out"]} held_out @param {Drawing["floor"]} floor @param {Range} across @returns {LossLine[]} */
function besides(held_out, floor, across) {
  const level = floor ? [{ x: Float64Array.from(across), y: Float64Array.of(floor.y, floor.y) }] : [];
  const all = [...Object.values(held_out), ...level];
  return all.map(({ x, y }) => /** @type {any} */ ({ x, raw: y, main: y, low: y, high: y, summed: false }));
}

/** What `values` are at a step between two points. @param {Float64Array} steps @param {Float64Array} values @param {number} step */
function between(steps, values, step) {
  const next = steps.findIndex((candidate) => candidate >= step);
  if (next <= 0) return next === 0 ? values[0] : values[values.length - 1];
  const share = (step - steps[next - 1]) / (steps[next] - steps[next - 1]);
  return values[next - 1] + share * (values[next] - values[next - 1]);
}

/** @param {number} longest  seconds */
function timeUnit(longest) {
  if (longest >= 2 * 3600) return { word: "h", seconds: 3600 };
  return longest >= 2 * 60 ? { word: "min", seconds: 60 } : { word: "s", seconds: 1 };
}

/**
 * @param {Scene} scene @param {ChartSettings} chart @param {number} width @param {number} height  of the plot, pixels
 * @returns {{across: import("./draw/ticks.js").Tick[], up: import("./draw/ticks.js").Tick[]}}
 */
export function ticksOf({ drawing, time }, chart, width, height) {
  const axis = { whole: chart.x === "step", unit: chart.x === "time" ? time.seconds : 1 };
  const rows = Math.max(2, Math.floor(height / 36));
  return {
    across: linearTicks(drawing.across, Math.max(2, Math.floor(width / 62)), axis),
    up: chart.log ? logTicks(drawing.up, rows) : linearTicks(drawing.up, rows),
  };
}
