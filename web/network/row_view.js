/** The row of the chosen sample, outlined in every matrix of a column that has samples. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { startOf } from "./windows.js";

/** @import { Layout } from "./matrix_view.js" */

/** Distance of the outline from the cells. CSS pixels. */
const AROUND = 2;

/** @param {number | null} row @param {Layout} layout */
export function chosenRow(row, { plan, windows }) {
  if (row === null) return nothing;
  const at = row - startOf(plan, windows, "samples", plan.samples);
  if (at < 0 || at >= plan.samples.shown) return nothing;
  const boxes = [...plan.boxes.values()].filter(({ down }) => down === "samples");
  return boxes.map(({ x, y, width, rows: { pitch } }) => {
    const size = `width: ${width + 2 * AROUND}px; height: ${pitch + 2 * AROUND}px`;
    const place = `left: ${x - AROUND}px; top: ${y + at * pitch - AROUND}px; ${size}`;
    return html`<div class="network-row" aria-hidden="true" .style=${place}></div>`;
  });
}
