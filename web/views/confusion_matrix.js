/** The confusion matrix of one set of samples as a heatmap, with the classes along its sides and a scale of its own. */

import { shareWords, takenWords } from "../confusion_words.js";
import { measured } from "../draw/confusion.js";
import { inside } from "../draw/heatmap.js";
import { takesBlack } from "../draw/ink.js";
import { count } from "../draw/number.js";
import { entry, norm } from "../draw/scale.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { percent } from "../words.js";
import { grid } from "./grid.js";
import { heatmap } from "./heatmap.js";

/** @typedef {import("../api.d.ts").Confusion} Confusion */
/** @typedef {import("../confusion_words.js").ClassCounts} ClassCounts */
/** @typedef {import("../draw/scale.js").Norm} Norm */
/**
 * How they are drawn.
 * @typedef {object} Drawn
 * @property {Uint32Array} table of which, where it has a middle, the half above zero is used
 * @property {boolean} diverging
 * @property {import("../draw/confusion.js").Measure} measure
 * @property {import("../confusing.js").Confusing["cell"]} cell that is pointed at
 * @property {boolean} passing whether the next numbers follow at once: training plays
 */

/** More classes than these have no names beside them, or no numbers in their cells: the readout says both. */
const NAMES_MOST = 32;
const NUMBERS_MOST = 12;
/** Letters for which there is room over a column, over all columns, and in a cell. */
const NAME_LONGEST = 4;
const NAMES_LONGEST = 30;
const NUMBER_LONGEST = 6;
/** Colours from end to end of the scale. */
const STEPS = 128;

/** @param {ClassCounts} set @param {ClassCounts[]} sets all there are @param {Confusion} answer @param {Drawn} drawn */
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
        <div class="square ${labels.length <= NAMES_MOST ? "named" : ""}" .style=${sides}>
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
            ${labels.length <= NUMBERS_MOST ? numbers(data, labels.length, words, drawn.table, scale) : nothing}
            ${drawn.cell && inside(drawn.cell, shape) ? outline(drawn.cell) : nothing}
          </div>
        </div>
      </div>
      ${legend(most, words(most), drawn, scale)}
    </figure>
  `;
}

/** @param {ClassCounts} set @param {ClassCounts[]} sets @param {Confusion} answer @param {boolean} passing @returns {import("./grid.js").Sheet} */
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

/** Along the sides, and what the sides are. Over the columns names stand upright, unless there is no room. @param {string[]} labels */
function names(labels) {
  const shown = labels.length <= NAMES_MOST ? labels : [];
  const letters = longest(labels);
  const long = letters > NAME_LONGEST || (letters > 1 && letters * labels.length > NAMES_LONGEST) ? "long" : "";
  const each = shown.map((label, i) => html`<bdi .style=${`--at: ${i}`}>${label}</bdi>`);
  return html`
    <p class="side across" aria-hidden="true">predicted class</p>
    <p class="side up" aria-hidden="true">true class</p>
    <div class="class-names across ${long}" aria-hidden="true">${each}</div>
    <div class="class-names up" aria-hidden="true">${each}</div>
  `;
}

/** In the cells, where they are large enough (metrics.css). @param {ArrayLike<number>} data @param {number} classes @param {(value: number) => string} words @param {Uint32Array} table @param {Norm} scale */
function numbers(data, classes, words, table, scale) {
  return Array.from(data, (value, i) => {
    const text = words(value);
    if (text.length > NUMBER_LONGEST) return nothing;
    const ink = takesBlack(table[entry(scale, value)]) ? "black" : "white";
    const style = `--row: ${Math.floor(i / classes)}; --column: ${i % classes}`;
    return html`<span class="number ${ink}" aria-hidden="true" .style=${style}>${text}</span>`;
  });
}

/** @param {{row: number, col: number}} cell */
function outline({ row, col }) {
  return html`<span class="outline" .style=${`--row: ${row}; --column: ${col}`}></span>`;
}

/** From the colour of none to that of the most. @param {number} most @param {string} words @param {Drawn} drawn @param {Norm} scale */
function legend(most, words, { table, measure }, scale) {
  const ramp = { shape: [STEPS], data: Float32Array.from({ length: STEPS }, (_, i) => (most * i) / (STEPS - 1)) };
  return html`
    <p class="count-scale">
      <span>0</span>
      <canvas class="ramp" aria-hidden="true" width=${STEPS} height="1" ${heatmap(ramp, table, scale)}></canvas>
      <span>${words} ${measure === "count" ? (most === 1 ? "sample" : "samples") : "of the samples of a class"}</span>
    </p>
  `;
}
