/** The loss chart as a table, for those who read rather than see. */

import { count } from "../draw/number.js";
import { legendText } from "../loss_words.js";
import { markWords } from "../marks.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { short } from "../words.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../loss_scene.js").Scene} Scene */
/** @typedef {import("../draw/loss_line.js").LossLine} LossLine */

/** As many as can be read through. */
const ROWS = 20;

/** @param {State} state @param {Scene} scene @param {Actions} actions */
export function lossTable(state, scene, actions) {
  const toggle = (/** @type {Event} */ event) =>
    actions.show_loss_table(/** @type {HTMLDetailsElement} */ (event.currentTarget).open);
  return html`
    <details class="loss-table" ?open=${state.loss_table} @toggle=${toggle}>
      <summary>Loss as a table</summary>
      ${state.loss_table ? table(state, scene) : nothing}
    </details>
  `;
}

/** @param {State} state @param {Scene} scene */
function table({ runs: all, chart }, { drawing: { lines }, runs, acrossLabel, units }) {
  const runOf = (/** @type {LossLine} */ { curve }) => runs.find(({ id }) => id === curve.id);
  const places = placesOf(lines);
  return html`
    <div class="scroll" role="group" aria-label="Table of losses" tabindex="0">
      <table>
        <caption>Mean loss (${units.join(" or ")}) at the last point up to each ${acrossLabel}</caption>
        <thead>
          <tr>
            <th scope="col">${chart.x}</th>
            ${lines.map((line) => {
              const run = runOf(line);
              return html`<th scope="col">${run ? legendText(run, all) : ""}</th>`;
            })}
          </tr>
        </thead>
        <tbody>
          ${places.map(
            (place) => html`
              <tr>
                <th scope="row">${written(place)}</th>
                ${lines.map((line) => html`<td>${lossAt(line, place)}</td>`)}
              </tr>
            `,
          )}
          <tr>
            <th scope="row">newest</th>
            ${lines.map(({ curve: { step, mean } }) => html`<td>${short(mean[mean.length - 1])} @ ${count(step[step.length - 1])}</td>`)}
          </tr>
          <tr>
            <th scope="row">best epoch</th>
            ${lines.map((line) => {
              const run = runOf(line);
              return html`<td>${run?.best_step ? html`${short(run.best_loss)} @ ${count(run.best_step)}` : "–"}</td>`;
            })}
          </tr>
          ${runs.some(({ marks }) => marks.length > 0) ? changes(lines.map(runOf)) : nothing}
        </tbody>
      </table>
    </div>
  `;
}

/** What was changed on the way. @param {(import("../api.d.ts").RunSummary | undefined)[]} runs */
function changes(runs) {
  return html`
    <tr>
      <th scope="row">changes</th>
      ${runs.map((run) => html`<td>${run?.marks.map((mark) => html`<div>${markWords(mark)}</div>`)}</td>`)}
    </tr>
  `;
}

/** Evenly spread along the line that has come farthest, each at one of its points. @param {LossLine[]} lines @returns {number[]} */
function placesOf(lines) {
  const ends = lines.map(({ x }) => x[x.length - 1]);
  const longest = lines[ends.indexOf(Math.max(...ends))];
  if (!longest) return [];
  const { x } = longest;
  const rows = Math.min(ROWS, x.length);
  const picked = Array.from({ length: rows }, (_, i) => x[Math.round((i * (x.length - 1)) / Math.max(1, rows - 1))]);
  return [...new Set(picked)];
}

/** @param {LossLine} line @param {number} place */
function lossAt({ x, curve }, place) {
  const after = x.findIndex((at) => at > place);
  if (after < 0 && x[x.length - 1] < place) return "–"; // its run has not come so far
  const index = (after < 0 ? x.length : after) - 1;
  return index < 0 ? "–" : short(curve.mean[index]);
}

/** @param {number} place */
const written = (place) => (Number.isInteger(place) ? count(place) : place.toFixed(2));
