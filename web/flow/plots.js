/** Plots of the gradient flow and of distributions, as options and data of uPlot. */

import { COLORS, dash } from "../ui/line_style.js";
import { axis } from "../ui/plot.js";
import uPlot from "../vendor/uplot/uPlot.esm.js";
import { rangeOf, stepRange, ticksAcross, ticksUp } from "./axes.js";
import { commonRange, RISE, ridge, shareIn } from "./histogram.js";
import { column, QUANTITIES } from "./text.js";

/** @import { GradientFlow } from "../api.d.ts" */
/** @import { Ink } from "../ui/ink.js" */
/** @import { Drawn, Options } from "../ui/plot.js" */
/** @import { Tick } from "../ui/ticks.js" */
/** @import { Histogram } from "./histogram.js" */

/** @typedef {{range: () => [number, number], ticks: () => Tick[], log?: boolean, isPlain?: boolean}} Side  an axis and its scale; `isPlain`: without lines */

/** Of the axes, in pixels. */
const SIZES = { x: 18, y: 40 };

/**
 * The options that all of them share.
 * @param {Ink} ink
 * @param {Record<"x" | "y", Side>} sides
 * @param {uPlot.Series[]} series
 * @returns {Options}
 */
function small(ink, sides, series) {
  const scale = (/** @type {Side} */ { range, log }) => ({
    time: false,
    distr: /** @type {1 | 3} */ (log ? 3 : 1),
    range,
  });
  const ruler = (/** @type {"x" | "y"} */ side) =>
    axis(ink, {
      scale: side,
      size: SIZES[side],
      grid: sides[side].isPlain ? { show: false } : { stroke: ink.grid, width: 1 },
      splits: () => sides[side].ticks().map(({ at }) => at),
      values: () => sides[side].ticks().map(({ label }) => label),
      filter: (_, splits) => splits,
    });
  return {
    legend: { show: false },
    padding: [6, 8, 0, 0],
    cursor: { show: false },
    scales: { x: scale(sides.x), y: scale(sides.y) },
    axes: [ruler("x"), ruler("y")],
    series: [{}, ...series.map((each) => ({ auto: false, points: { show: false }, ...each }))],
  };
}

/**
 * One quantity of every layer over the steps.
 * @param {string} name
 * @param {GradientFlow} answer
 * @param {(index: number | null) => void} point  of the step under the pointer, which all plots share
 * @returns {Drawn}
 */
export function flowPlot(name, answer, point) {
  const quantity = QUANTITIES[name];
  const { log, mark, percent } = quantity;
  const columns = answer.layers.map((_, k) => column(answer, name, k));
  const [across, up] = [stepRange(answer.steps), rangeOf(columns, quantity)];
  const gapped = (/** @type {Float64Array} */ row) =>
    Array.from(row, (value) => (Number.isFinite(value) && (!log || value > 0) ? value : null));
  const level = mark === null ? [] : [Array.from(answer.steps, () => mark)];
  return {
    look: `${name} ${answer.layers}`,
    content: answer,
    ranges: { across, up },
    options: (ink, latest) => {
      const x = {
        range: () => latest().ranges.across,
        ticks: () => ticksAcross(latest().ranges.across),
        isPlain: true,
      };
      const y = { log, range: () => latest().ranges.up, ticks: () => ticksUp(latest().ranges.up, log, percent) };
      const lines = columns.map((_, k) => ({ stroke: ink.lines[k % COLORS], width: 1.5, dash: dash(k) }));
      const marks = level.map(() => ({ stroke: ink.faint, width: 1, dash: [2, 3] }));
      return {
        ...small(ink, { x, y }, [...lines, ...marks]),
        cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false }, sync: { key: "flow" } },
        hooks: { setCursor: [(plot) => point(plot.cursor.idx ?? null)] },
      };
    },
    data: () => /** @type {uPlot.AlignedData} */ ([Array.from(answer.steps), ...columns.map(gapped), ...level]),
  };
}

/** Values along an axis of shares. @param {() => any} latest @returns {Side} */
const shares = (latest) => ({
  range: () => [0, 1],
  ticks: () => {
    const { low, high } = latest().ranges;
    return ticksUp([low, high], false, false).map(({ at, label }) => ({ at: shareIn([low, high], at), label }));
  },
  isPlain: true,
});

/**
 * A histogram as bars, with lines at its quantiles.
 * @param {Histogram & {finite: number, quantiles: ArrayLike<number>}} now
 * @param {number[][]} dashes  of the quantiles; the one in the middle is thick
 * @returns {Drawn}
 */
export function histogramPlot(now, dashes) {
  const { low, high, counts, quantiles, finite } = now;
  const [bins, highest] = [counts.length, Math.max(1, ...Array.from(counts)) / finite];
  const places = Array.from(counts, (_, i) => (i + 0.5) / bins);
  return {
    look: `bars ${bins} ${dashes.length}`,
    content: now,
    ranges: { low, high, highest },
    options: (ink, latest) => {
      const top = () => latest().ranges.highest;
      const y = /** @type {Side} */ ({ range: () => [0, 1.04 * top()], ticks: () => ticksUp([0, top()], false, true) });
      const bars = { fill: ink.lines[0], alpha: 0.55, width: 0, paths: uPlot.paths.bars?.({ size: [1], gap: 1 }) };
      const lines = dashes.map((dash, i) => ({ stroke: ink.ink, width: i === dashes.length >> 1 ? 2 : 1, dash }));
      return { ...small(ink, { x: shares(latest), y }, [bars, ...lines]), mode: 2 };
    },
    data: () => {
      const lines = Array.from(quantiles, (value) => shareIn([low, high], value)).map((at) => [[at, at], [0, 1]]); // biome-ignore format: one row
      return /** @type {any} */ ([null, [places, Array.from(counts, (count) => count / finite)], ...lines]);
    },
  };
}

/**
 * Histograms over steps, the newest in front.
 * @param {(Histogram & {step: number})[]} pasts
 * @param {number[]} labelled  indices of those with a label
 * @returns {Drawn}
 */
export function ridgesPlot(pasts, labelled) {
  const [low, high] = commonRange(pasts);
  const [newest, base] = [pasts.length - 1, (/** @type {number} */ i) => pasts.length - 1 - i];
  return {
    look: `ridges ${pasts.length}`,
    content: pasts[newest].counts,
    ranges: { low, high, steps: labelled.map((i) => ({ at: base(i), label: String(pasts[i].step) })) },
    options: (ink, latest) => {
      const y = /** @type {Side} */ ({
        range: () => [0, newest + RISE],
        ticks: () => latest().ranges.steps,
        isPlain: true,
      });
      const color = (/** @type {number} */ i) => ink.lines[i === newest ? 1 : 0];
      const ridges = pasts.map((_, i) => ({ fill: ink.surface, stroke: color(i), width: 1.25, fillTo: base(i) }));
      return { ...small(ink, { x: shares(latest), y }, ridges), mode: 2 };
    },
    data: () => /** @type {any} */ ([null, ...pasts.map((past, i) => ridge(past, [low, high], base(i)))]),
  };
}
