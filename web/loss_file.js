/** What the loss chart shows, as a file. */

import { MARGIN } from "./draw/chart.js";
import { sheetHeight, svgChart } from "./draw/svg_chart.js";
import { lossCsv } from "./loss_csv.js";
import { lossScene, ticksOf } from "./loss_scene.js";
import { legendText } from "./loss_words.js";
import { rasterised } from "./raster.js";

/** @typedef {import("./store.js").State} State */
/** @typedef {import("./draw/chart.js").Ink} Ink */

/** Pixels. */
const SIZE = { width: 960, height: 540 };

/** @param {"png" | "svg" | "csv"} kind @param {State} state @param {Ink} ink @returns {Promise<Uint8Array>} */
export async function lossFile(kind, state, ink) {
  if (kind === "csv") return encoded(lossCsv(lossScene(state)));
  const sheet = sheetOf(state, ink);
  const svg = svgChart(sheet);
  return kind === "svg" ? encoded(svg) : rasterised(svg, sheet.width, sheetHeight(sheet));
}

/** @param {string} text */
const encoded = (text) => new TextEncoder().encode(text);

/** @param {State} state @param {Ink} ink @returns {import("./draw/svg_chart.js").Sheet} */
function sheetOf(state, ink) {
  const scene = lossScene(state);
  const { drawing, runs, acrossLabel, upLabel } = scene;
  const [width, height] = [SIZE.width - MARGIN.left - MARGIN.right, SIZE.height - MARGIN.top - MARGIN.bottom];
  const ticks = ticksOf(scene, state.chart, width, height);
  const drawn = runs.filter(({ id }) => drawing.lines.some(({ curve }) => curve.id === id));
  const legend = drawn.map((run) => ({ id: run.id, text: legendText(run, state.runs) }));
  return { drawing, acrossTicks: ticks.across, upTicks: ticks.up, acrossLabel, upLabel, legend, ink, ...SIZE };
}
