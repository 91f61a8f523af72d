/** The loss chart as a file: PNG or CSV. */

import uPlot from "../vendor/uplot/uPlot.esm.js";
import { lossCsv } from "./csv.js";
import { optionsOf } from "./plot.js";
import { lossScene } from "./scene.js";
import { dataOf, tracesOf } from "./traces.js";

/** @import { State } from "../page/store.js" */
/** @import { Ink } from "../ui/ink.js" */

/** Of the picture, without its density, in pixels; the names of runs have more room than on the screen. */
const SIZE = { width: 960, height: 540, right: 170 };
/** Pixels of the file for each of those. */
const DENSITY = 2;

/** @param {State} state */
export const csvFile = (state) => new TextEncoder().encode(lossCsv(lossScene(state)));

/** @param {State} state @param {Ink} ink @returns {Promise<Uint8Array>} */
export async function pngFile(state, ink) {
  const scene = lossScene(state);
  const active = state.runs.list.find((run) => run.active) ?? null;
  const shown = { scene, settings: state.chart.settings, active, mark: "" };
  const traces = tracesOf(scene);
  const k = DENSITY / devicePixelRatio;
  /** @type {uPlot | null} */
  let plot = null;
  await new Promise((resolve) => {
    const options = optionsOf(ink, () => shown, traces, { k, right: SIZE.right });
    const hooks = { drawClear: [(/** @type {uPlot} */ self) => fill(self, ink.surface)], draw: [resolve] };
    const size = { width: SIZE.width * k, height: SIZE.height * k };
    plot = new uPlot({ ...size, ...options, hooks }, dataOf(traces, scene), (_, begin) => begin());
  });
  const { canvas } = /** @type {uPlot} */ (/** @type {unknown} */ (plot)).ctx;
  /** @type {Blob | null} */
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("The browser could not make a PNG of this size");
  return new Uint8Array(await blob.arrayBuffer());
}

/** @param {uPlot} plot @param {string} color */
function fill({ ctx }, color) {
  ctx.save();
  ctx.fillStyle = color;
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  ctx.restore();
}
