/** A legend: colours from end to end, with minimum, quartiles and maximum where they lie. */

import { FIRST, LAST } from "../color/palettes.js";
import { norm, place } from "../color/scale.js";
import { heatmap } from "../heatmap/heatmap.js";
import { fresh } from "../ui/fields.js";
import { plain, tight } from "../ui/number.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";

/** @import { Scale } from "../api.d.ts" */
/** @import { ColorScale, Part } from "../color/column_scale.js" */
/** @import { Norm } from "../color/scale.js" */
/**
 * @typedef {object} About
 * @property {Scale} scale quantiles of all values
 * @property {Uint32Array} table
 * @property {Part} part the shared scale; of any layer or matrix where each has its own
 */
/** A tick: its name, the number where it stands, and the sign before that. @typedef {{name: string, value: number, sign?: "≤" | "≥"}} Mark */

/** @type {Record<"layer" | "tensor", string>} */
const OWN = {
  layer: "Each layer has its own scale; its range is shown with its title.",
  tensor: "Each matrix and each row of biases has its own scale; its range is shown above it.",
};

/** Every entry of the ramp once, in order. */
const RAMP = {
  shape: [LAST - FIRST + 1],
  data: Float32Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i),
};
const ITSELF = norm({ min: FIRST, max: LAST }, false);

/**
 * @param {string} name accessible name of its subject: "forward pass"
 * @param {About & ColorScale} about
 * @param {unknown} [more] content below it
 */
export function legend(name, about, more = nothing) {
  return html`
    <div class="legend" role="group" aria-label="Colour scale, ${name}">
      ${strip(about)} ${more}
    </div>
  `;
}

/** @param {About & ColorScale} about */
export function strip(about) {
  const { scale, scope, table } = about;
  if (scale.min === 0 && scale.max === 0) return html`<p class="legend-own">all 0</p>`;
  return html`
    <div class="legend-strip">
      <canvas class="legend-ramp" aria-hidden="true" width=${RAMP.data.length} height="1" ${heatmap(RAMP, table, ITSELF)}></canvas>
      ${scope === "column" ? marks(about) : html`<p class="legend-own">${OWN[scope]}</p>`}
    </div>
  `;
}

/** The same in a line: colours between the lowest and the highest number. @param {About} about */
export function shortStrip({ scale: { min, max }, table }) {
  if (min === 0 && max === 0) return html`<span class="legend-short">all 0</span>`;
  return html`
    <span class="legend-short" translate="no">
      <span class="legend-end">${plain(min, 2)}</span>
      <canvas class="legend-ramp" aria-hidden="true" width=${RAMP.data.length} height="1" ${heatmap(RAMP, table, ITSELF)}></canvas>
      <span class="legend-end">${plain(max, 2)}</span>
    </span>
  `;
}

/** Five ticks; those of a clipped scale stand at its ends. @param {About} about @returns {Mark[]} */
function marksOf({ scale: { min, p25, p50, p75, max }, part: { norm, clipped } }) {
  return [
    clipped ? { name: "2%", value: norm.low, sign: "≤" } : { name: "min", value: min },
    { name: "p25", value: p25 },
    { name: "p50", value: p50 },
    { name: "p75", value: p75 },
    clipped ? { name: "98%", value: norm.high, sign: "≥" } : { name: "max", value: max },
  ];
}

/** @param {About} about */
function marks(about) {
  const { norm } = about.part;
  const all = marksOf(about);
  return html`
    <svg class="legend-ticks" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      ${all.map(({ value }) => svg`<line x1=${x(norm, value)} x2=${x(norm, value)} y1="0" y2="10" />`)}
    </svg>
    <svg class="legend-leaders" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      ${all.map(({ value }, i) => svg`<line x1=${x(norm, value)} y1="0" x2=${10 + 20 * i} y2="10" />`)}
    </svg>
    <dl class="legend-marks">
      ${all.map(
        ({ name, value, sign = "" }, i) => html`
          <div><dt>${name}</dt><dd translate="no"><span>${fresh(`${sign} ${plain(value, 3)}`)}</span><span>${fresh(`${sign} ${i % 2 ? plain(value, 2) : tight(value)}`)}</span></dd></div>
        `,
      )}
    </dl>
  `;
}

/** @param {Norm} norm @param {number} value @returns {string} hundredths of the bar */
function x(norm, value) {
  return (100 * place(norm, value)).toFixed(2);
}
