/** The confusion matrix of one set of samples as a heatmap, with a scale of its own. */

import { takesBlack } from "../color/ink.js";
import { entry, norm } from "../color/scale.js";
import { grid } from "../heatmap/aria_grid.js";
import { heatmap } from "../heatmap/heatmap.js";
import { inside } from "../tensors/shape.js";
import { percent } from "../ui/format.js";
import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { measured } from "./confusion.js";
import { shareWords, takenWords } from "./text.js";

/** @import { Confusion } from "../api.d.ts" */
/** @import { Norm } from "../color/scale.js" */
/** @import { Sheet } from "../heatmap/aria_grid.js" */
/** @import { ConfusionView } from "./actions.js" */
/** @import { Measure } from "./confusion.js" */
/** @import { ClassCounts } from "./text.js" */
/**
 * Options shared by both matrices.
 * @typedef {object} Drawn
 * @property {Uint32Array} table colours; of a diverging one, the half above zero
 * @property {boolean} diverging
 * @property {Measure} measure
 * @property {ConfusionView["cell"]} cell cell pointed at
 * @property {boolean} passing whether the next numbers follow at once: training plays
 */

/** Maximum number of classes with names beside them, and with numbers in their cells. */
const MAX_NAMES = 32;
const MAX_NUMBERS = 12;
/** Maximum number of letters over a column, over all columns, and in a cell. */
const MAX_NAME_LENGTH = 4;
const MAX_NAMES_LENGTH = 30;
const MAX_NUMBER_LENGTH = 6;
/** Colours from end to end of the scale. */
const STEPS = 128;

/**
 * @param {ClassCounts} set
 * @param {ClassCounts[]} sets all there are
 * @param {Confusion} answer
 * @param {Drawn} drawn
 */
export function confusionMatrix(set, sets, answer, drawn) {
  const { labels } = answer;
  const shape = [labels.length, labels.length];
  const { data, most } = measured(set.counts, labels.length, drawn.measure);
  const scale = norm({ min: 0, max: most }, drawn.diverging);
  const words = drawn.measure === "count" ? count : percent;
  const name = `Confusion matrix, ${set.title.toLowerCase()}`;
  const sides = `--rows: ${labels.length}; --columns: ${labels.length}; --longest: ${longest(labels)}`;
  return html`
    <figure class="classes">
      <figcaption><b>${set.title}</b> ${labels.length} × ${labels.length} classes</figcaption>
      <div class="frame">
        <div class="square ${labels.length <= MAX_NAMES ? "named" : ""}" .style=${sides}>
          ${names(labels)}
          <div class="cells">
            <canvas role="img" aria-label="${name}, ${labels.length} by ${labels.length}" ${heatmap({ shape, data }, drawn.table, scale)}></canvas>
            <div
              role="grid"
              aria-label=${name}
              aria-rowcount=${labels.length}
              aria-colcount=${labels.length}
              aria-readonly="true"
              ${grid(sheet(set, sets, answer, drawn.passing))}
            ></div>
            ${labels.length <= MAX_NUMBERS ? numbers(data, labels.length, words, (value) => drawn.table[entry(scale, value)]) : nothing}
            ${drawn.cell && inside(drawn.cell, shape) ? outline(drawn.cell) : nothing}
          </div>
        </div>
      </div>
      ${legend(most, words(most), drawn, scale)}
    </figure>
  `;
}

/**
 * @param {ClassCounts} set
 * @param {ClassCounts[]} sets
 * @param {Confusion} answer
 * @param {boolean} passing
 * @returns {Sheet}
 */
function sheet(set, sets, answer, passing) {
  const { labels } = answer;
  const others = sets.filter(({ name }) => name !== set.name);
  return {
    name: set.name,
    shape: [labels.length, labels.length],
    target: `confusion:${set.name}`,
    passing,
    reads: [answer],
    words: (row, col) => ({
      label: `true ${labels[row]}, predicted ${labels[col]}, ${takenWords(answer, set.counts, row, col)}`,
      description: [
        shareWords(answer, set.counts, row, col),
        ...others.map(({ title, counts }) => `${title.toLowerCase()}: ${takenWords(answer, counts, row, col)}`),
      ].join("; "),
    }),
  };
}

/** @param {string[]} labels */
const longest = (labels) => labels.reduce((most, { length }) => Math.max(most, length), 0);

/** Names of classes and axes; names of columns are upright if there is room. @param {string[]} labels */
function names(labels) {
  const shown = labels.length <= MAX_NAMES ? labels : [];
  const letters = longest(labels);
  const long = letters > MAX_NAME_LENGTH || (letters > 1 && letters * labels.length > MAX_NAMES_LENGTH) ? "long" : "";
  const each = shown.map((label, i) => html`<bdi translate="no" .style=${`--at: ${i}`}>${label}</bdi>`);
  return html`
    <p class="side across" aria-hidden="true">predicted class</p>
    <p class="side up" aria-hidden="true">true class</p>
    <div class="class-names across ${long}" aria-hidden="true">${each}</div>
    <div class="class-names up" aria-hidden="true">${each}</div>
  `;
}

/**
 * In the cells, where they are large enough (metrics.css).
 * @param {ArrayLike<number>} data
 * @param {number} classes
 * @param {(value: number) => string} words
 * @param {(value: number) => number} colour
 */
function numbers(data, classes, words, colour) {
  return Array.from(data, (value, i) => {
    const text = words(value);
    if (text.length > MAX_NUMBER_LENGTH) return nothing;
    const ink = takesBlack(colour(value)) ? "black" : "white";
    const style = `--row: ${Math.floor(i / classes)}; --column: ${i % classes}`;
    return html`<span class="number ${ink}" aria-hidden="true" .style=${style}>${text}</span>`;
  });
}

/** @param {{row: number, col: number}} cell */
function outline({ row, col }) {
  return html`<span class="outline" .style=${`--row: ${row}; --column: ${col}`}></span>`;
}

/**
 * From the colour of none to that of the most.
 * @param {number} most
 * @param {string} words
 * @param {Drawn} drawn
 * @param {Norm} scale
 */
function legend(most, words, { table, measure }, scale) {
  const ramp = { shape: [STEPS], data: Float32Array.from({ length: STEPS }, (_, i) => (most * i) / (STEPS - 1)) };
  return html`
    <p class="count-scale">
      <span>0</span>
      <canvas class="ramp" aria-hidden="true" width=${STEPS} height="1" ${heatmap(ramp, table, scale)}></canvas>
      <span>${words} ${measure === "count" ? (most === 1 ? "sample" : "samples") : "of a class"}</span>
    </p>
  `;
}
