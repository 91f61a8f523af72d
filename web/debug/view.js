/** The debug panel as a template. */

import { html } from "../vendor/lit-html/lit-html.js";
import { MAX_CALLS } from "./log.js";

/** @import { Log, Row } from "./log.js" */

/** @param {Log} log @param {number} writing  saves in progress @param {() => void} close */
export function debugPanel(log, writing, close) {
  const { count, mean, longest } = log.frames;
  const slice = log.calls.find(({ steps }) => steps !== null);
  return html`
    <header>
      <h2>Debug</h2>
      <button type="button" @click=${close}>Close debug panel</button>
    </header>
    <dl>
      <dt>Drawing</dt>
      <dd>${count ? `${ms(mean)} on average, ${ms(longest)} at most (last ${count} frames)` : "no frame yet"}</dd>
      <dt>Last slice</dt>
      <dd>${slice ? `${inDigits(slice.steps ?? 0)} steps in ${ms(slice.ms)}` : "none yet"}</dd>
      <dt>Saves</dt>
      <dd>${log.saves} since this panel was opened, ${writing} in progress</dd>
    </dl>
    <table>
      <caption>Last calls to Python, newest first (up to ${MAX_CALLS})</caption>
      <thead>
        <tr><th scope="col">Call</th><th scope="col">Time</th><th scope="col">Bytes</th><th scope="col">Steps</th></tr>
      </thead>
      <tbody>
        ${log.calls.map(row)}
      </tbody>
    </table>
  `;
}

/** @param {Row} row */
const row = ({ method, ms: time, bytes, steps, failed }) => html`
  <tr>
    <th scope="row">${method}${failed ? " (failed)" : ""}</th>
    <td>${ms(time)}</td>
    <td>${inDigits(bytes)}</td>
    <td>${steps === null ? "" : inDigits(steps)}</td>
  </tr>
`;

/** @param {number} value */
const ms = (value) => `${value.toFixed(1)} ms`;

/** @param {number} value */
const inDigits = (value) => value.toLocaleString("en-US");
