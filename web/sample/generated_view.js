/** Generated text, and a table of its tokens with the probabilities of each. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { barsOf, lengthsOf, output, share } from "./bars.js";
import { track } from "./bars_view.js";
import { classesOf, positionsOf } from "./state.js";
import { KNOWN, tally, weightsOf } from "./text.js";
import { separator, spelled } from "./tokens.js";

/** @import { Generation, Numbers } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @typedef {{input: string[], token: string, values: Numbers, known: Generation["known"][number]}} Line one generated token */
/** @typedef {{classes: string[], isShares: boolean}} Named */

/** Up to this many classes each has a column. */
const COLUMNS = 6;
const SOME = 5;

/** @param {State} state @param {Generation} made @param {Actions} actions */
export function generated(state, made, actions) {
  const classes = classesOf(state);
  const named = { classes, isShares: made.probabilities !== null };
  const isWide = classes.length > COLUMNS;
  const what = named.isShares ? "probabilities at temperature 1" : "outputs, which are no probabilities";
  return html`
    ${text(made)}
    <p class="sample-tally"><b>${tally(made.known)}</b> · <span translate="yes">bars: ${what}</span> · ${weightsOf(made.step)}</p>
    <table class="sample-table">
      <thead>
        <tr>
          <th scope="col">input</th>
          ${isWide ? html`<th scope="col" colspan=${SOME}>most probable</th>` : classes.map((name) => html`<th scope="col">${name}</th>`)}
          <th scope="col">prediction</th>
          <th scope="col">sample</th>
        </tr>
      </thead>
      <tbody>
        ${lines(made, classes.length, positionsOf(state)).map((line) => row(line, named, actions))}
      </tbody>
    </table>
  `;
}

/** @param {Generation} made */
function text({ start, tokens, known }) {
  const between = separator([...start, ...tokens]);
  return html`
    <p class="sample-text">
      <span class="vh" translate="yes">Generated text: </span><span class="sample-start">${start.join(between)}</span>${tokens.map(
        (token, k) => html`${between}<b class="sample-${known[k]}" title=${KNOWN[known[k]]}>${token}</b>`,
      )}
    </p>
  `;
}

/** @param {Generation} made @param {number} classes @param {number} positions @returns {Line[]} */
function lines({ start, tokens, outputs, probabilities, known }, classes, positions) {
  const all = [...start, ...tokens];
  return tokens.map((token, k) => ({
    input: all.slice(start.length + k - positions, start.length + k),
    token,
    values: (probabilities ?? outputs).subarray(k * classes, (k + 1) * classes),
    known: known[k],
  }));
}

/** @param {Line} line @param {Named} named @param {Actions} actions */
function row({ input, token, values, known }, { classes, isShares }, { sample }) {
  const length = isShares ? (/** @type {number} */ value) => value : lengthsOf(values);
  const number = isShares ? share : output;
  const isWide = classes.length > COLUMNS;
  const bars = isWide ? barsOf(values, classes, token).rows : barsOf(values, classes, token, classes.length).rows;
  const written = spelled(input);
  return html`
    <tr>
      <th scope="row">
        <button type="button" class="sample-send" title="Run this input through the network (no training)" @click=${() => sample.send(input, token)}>
          ${written}<span class="vh" translate="yes"> Run through the network</span>
        </button>
      </th>
      ${bars.map(
        ({ name, value, isRight }) => html`
          <td class=${isRight ? "sample-cell sample-right" : "sample-cell"}>
            <div>${isWide ? html`<span class="sample-class">${name}</span>` : nothing}${track(value, length(value))}<span class="sample-number" translate="no">${number(value)}</span></div>
          </td>
        `,
      )}
      <td class="sample-token">${token}</td>
      <td><span class="sample-known sample-${known}" translate="yes">${KNOWN[known]}</span></td>
    </tr>
  `;
}
