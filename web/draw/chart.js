/** Loss curves as a chart: its data and its options, for uPlot. */

/** @typedef {import("../api.d.ts").LossCurve} LossCurve */
/** @typedef {import("../vendor/uplot/uPlot.esm.js").AlignedData} AlignedData */
/** @typedef {import("../vendor/uplot/uPlot.esm.js").Options} Options */

/**
 * One line of the chart.
 * @typedef {{name: string, color: string, dash: number[]}} Line
 */
/** @typedef {{text: string, grid: string}} Ink */

/** Lines differ by more than their hue. */
const DASHES = [[], [10, 4], [3, 3], [10, 3, 3, 3]];
/** @param {number} number */
export const dash = (number) => DASHES[number % DASHES.length];

/**
 * A curve as a table of steps and mean losses; what is no finite number leaves a gap.
 * Where a point is the mean over many steps, the newest single one beside them would only look like a leap.
 * @param {LossCurve} curve
 * @returns {AlignedData}
 */
export function table({ step, mean }) {
  const summedUp = step.length > 0 && step[step.length - 1] > step.length;
  const end = summedUp ? step.length - 1 : step.length;
  const losses = Array.from(mean.subarray(0, end), (loss) => (Number.isFinite(loss) ? loss : null));
  return [Array.from(step.subarray(0, end)), losses];
}

/**
 * @param {object} given
 * @param {Line[]} given.lines
 * @param {Ink} given.ink
 * @param {string} given.unit  of the losses
 * @param {number} given.width
 * @param {number} given.height
 * @returns {Options}
 */
export function options({ lines, ink, unit, width, height }) {
  const axis = {
    stroke: ink.text,
    grid: { stroke: ink.grid, width: 1 },
    ticks: { stroke: ink.grid, width: 1 },
    labelSize: 20,
    labelGap: 0,
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_, low, high) => lossRange(low, high) } },
    axes: [
      { ...axis, label: "step (updates)", values: (_, steps) => steps.map(brief), size: 32 },
      { ...axis, label: unit, size: 46 },
    ],
    series: [
      {},
      ...lines.map(({ name, color, dash }) => ({
        label: name,
        stroke: color,
        dash,
        width: 2,
        spanGaps: true,
        points: { show: false },
      })),
    ],
  };
}

/** From zero, which no loss goes below, to a little above the highest. @param {number} low @param {number} high @returns {[number, number]} */
function lossRange(low, high) {
  if (low === null || high === null) return [0, 1];
  return [0, high > 0 ? high * 1.05 : 1];
}

/** 1500000 as "1.5M": labels of an axis have to stand side by side. @param {number} value */
const brief = (value) => value.toLocaleString("en", { notation: "compact", maximumFractionDigits: 2 });
