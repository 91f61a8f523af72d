/** The loss chart as a file: PNG, SVG or CSV. */

import { lossCsv } from "./csv.js";
import { rasterised } from "./raster.js";
import { lossScene, ticksOf } from "./scene.js";
import { MARGIN } from "./shapes.js";
import { sheetHeight, svgChart } from "./svg.js";
import { legendText } from "./text.js";

/** @import { State } from "../page/store.js" */
/** @import { Ink } from "./shapes.js" */
/** @import { Sheet } from "./svg.js" */

/** Pixels. */
const SIZE = { width: 960, height: 540 };

/**
 * @param {"png" | "svg" | "csv"} kind
 * @param {State} state
 * @param {Ink} ink
 * @returns {Promise<Uint8Array>}
 */
export async function lossFile(kind, state, ink) {
  if (kind === "csv") return encoded(lossCsv(lossScene(state)));
  const sheet = sheetOf(state, ink);
  const svg = svgChart(sheet);
  return kind === "svg" ? encoded(svg) : rasterised(svg, sheet.width, sheetHeight(sheet));
}

/** @param {string} text */
const encoded = (text) => new TextEncoder().encode(text);

/** @param {State} state @param {Ink} ink @returns {Sheet} */
function sheetOf(state, ink) {
  const scene = lossScene(state);
  const { drawing, runs, acrossLabel, upLabel } = scene;
  const [width, height] = [SIZE.width - MARGIN.left - MARGIN.right, SIZE.height - MARGIN.top - MARGIN.bottom];
  const ticks = ticksOf(scene, state.chart.settings, width, height);
  const drawn = runs.filter(({ id }) => drawing.lines.some(({ curve }) => curve.id === id));
  const legend = drawn.map((run) => ({ id: run.id, text: legendText(run, state.runs.list) }));
  return { drawing, acrossTicks: ticks.across, upTicks: ticks.up, acrossLabel, upLabel, legend, ink, ...SIZE };
}
