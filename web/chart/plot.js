/** The plot of the loss chart, as options and data of uPlot. */

import { COLORS, dash } from "../ui/line_style.js";
import { axis } from "../ui/plot.js";
import { annotations } from "./annotations.js";
import { zoomable } from "./pointer.js";
import { isDrawn, within } from "./range.js";
import { ticksOf } from "./scene.js";
import { dataOf, lonely, tracesOf } from "./traces.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { Ink } from "../ui/ink.js" */
/** @import { Drawn, Options } from "../ui/plot.js" */
/** @import uPlot from "../vendor/uplot/uPlot.esm.js" */
/** @import { ChartSettings, Scene } from "./scene.js" */
/** @import { Trace } from "./traces.js" */
/** `mark`: the run pointed at, or ""; `present`: lines for a projector. @typedef {{scene: Scene, settings: ChartSettings, active: RunSummary | null, mark: string, present?: boolean}} Shown */
/** Margins of the plot; names of lines stand in the right one. Pixels. */
export const MARGIN = { top: 10, right: 78, bottom: 20, left: 44 };
/** Width and strength by kind; the dashes of a line are those of its run. */
const STYLES = {
  floor: { width: 1, alpha: 1, dash: [4, 3] },
  band: { width: 0, alpha: 0.16, dash: [] },
  raw: { width: 1, alpha: 0.38, dash: [] },
  line: { width: 1.75, alpha: 1, dash: null },
  held_out: { width: 2, alpha: 1, dash: [1.5, 3.5] },
};
/** Width of the active run’s line, of each line in present mode, of the one pointed at, and the strength of all others then. */
const [ACTIVE, PRESENTED, HOVERED, OTHERS] = [2.25, 3, 3.25, 0.22];

/** The plot as it is on the screen. @param {Shown} shown @param {Actions} actions @returns {Drawn} */
export function drawn(shown, actions) {
  const { scene, settings, active, mark } = shown;
  const traces = tracesOf(scene);
  const kinds = traces.map(({ kind, id, number }) => [kind, id, number]);
  return {
    ...shown,
    look: JSON.stringify([scene.log, settings.x, active?.id, kinds, shown.present]),
    content: scene,
    mark,
    options: (ink, latest) => ({ ...optionsOf(ink, latest, traces), ...zoomable(actions) }),
    data: () => dataOf(traces, scene),
    emphasize: (plot) => emphasize(plot, shown),
  };
}

/**
 * @param {Ink} ink
 * @param {() => Shown} latest
 * @param {Trace[]} traces
 * @param {{k?: number, right?: number}} [size]  `k`: of all that does not grow with the plot; `right`: the margin
 * @returns {Options}
 */
export function optionsOf(ink, latest, traces, { k = 1, right = MARGIN.right } = {}) {
  const ticks = (/** @type {uPlot} */ plot) => {
    const [width, height] = [plot.width / k - MARGIN.left - right, plot.height / k - MARGIN.top - MARGIN.bottom];
    return ticksOf(latest().scene, latest().settings, width, height);
  };
  const labelled = (/** @type {"across" | "up"} */ side) => ({
    splits: (/** @type {uPlot} */ plot) => ticks(plot)[side].map(({ at }) => at),
    values: (/** @type {uPlot} */ plot) => ticks(plot)[side].map(({ label }) => label),
    filter: (/** @type {uPlot} */ _, /** @type {number[]} */ splits) => splits,
  });
  return {
    mode: 2,
    padding: [MARGIN.top * k, right * k, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => latest().scene.drawing.across },
      y: { distr: latest().scene.log ? 3 : 1, range: () => latest().scene.drawing.up },
    },
    axes: [
      axis(ink, { size: MARGIN.bottom * k, grid: { show: false }, ...labelled("across") }, k),
      axis(ink, { scale: "y", size: MARGIN.left * k, ...labelled("up") }, k),
    ],
    series: [{}, ...traces.map((trace) => seriesOf(trace, ink, latest, k))],
    plugins: [annotations(ink, latest, k)],
  };
}

/**
 * @param {Trace} trace
 * @param {Ink} ink
 * @param {() => Shown} latest
 * @param {number} k
 * @returns {uPlot.Series}
 */
function seriesOf({ kind, id, number }, ink, latest, k) {
  const color = kind === "floor" ? ink.faint : ink.lines[number % COLORS];
  const { width, alpha, dash: dashes } = STYLES[kind];
  const strong = latest().present ? PRESENTED : id === latest().active?.id ? ACTIVE : width;
  const thick = k * (kind === "line" ? strong : width);
  const series = {
    kind,
    run: id,
    thick,
    auto: false,
    alpha,
    width: thick,
    dash: (dashes ?? dash(number)).map((length) => length * k),
    points: { show: false, filter: lonely, size: 4 * k, fill: color },
    ...(kind === "band" ? { fill: color, paths: bandOf(latest, id) } : { stroke: color }),
  };
  return /** @type {uPlot.Series} */ (/** @type {unknown} */ (series));
}

/** From the greatest down to the least, a step for each column of pixels. @param {() => Shown} latest @param {string} id @returns {uPlot.Series.PathBuilder} */
function bandOf(latest, id) {
  return (plot) => {
    const fill = new Path2D();
    const line = latest().scene.drawing.lines.find(({ curve }) => curve.id === id);
    const [low, high] = /** @type {const} */ (["low", "high"]).map((end) => line?.[end] ?? new Float64Array());
    const [from, to] = within(line?.x ?? low, latest().scene.drawing.across);
    const place = (/** @type {number} */ value) => Math.max(-1e5, Math.min(1e5, plot.valToPos(value, "y", true)));
    for (let i = Math.max(0, from - 1); line && i < Math.min(line.x.length, to + 1); i++) {
      const [begin, x] = [plot.valToPos(line.x[i - 1] ?? 0, "x", true), plot.valToPos(line.x[i], "x", true)];
      let [least, most] = [low[i], high[i]];
      while (i + 1 < to && plot.valToPos(line.x[i + 1], "x", true) < x + 1) {
        i++;
        [least, most] = [Math.min(least, low[i]), Math.max(most, high[i])];
      }
      if (!isDrawn(most, latest().scene.log)) continue;
      const [top, bottom] = [place(most), place(Math.max(least, latest().scene.drawing.up[0]))];
      fill.rect(begin, top, Math.max(1, x - begin), Math.max(1, bottom - top));
    }
    return { fill };
  };
}

/** Let the run pointed at stand out. @param {uPlot} plot @param {Shown} shown */
function emphasize(plot, { mark, scene }) {
  const isOne = scene.drawing.lines.some(({ curve }) => curve.id === mark);
  for (const series of /** @type {any[]} */ (plot.series.slice(1))) {
    const isHovered = isOne && series.run === mark;
    series.alpha = STYLES[/** @type {Trace["kind"]} */ (series.kind)].alpha * (isOne && !isHovered ? OTHERS : 1);
    series.width = isHovered && series.kind === "line" ? HOVERED : series.thick;
  }
}
