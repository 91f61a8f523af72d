/** Every run in a table: what distinguishes it, how it stands, and what can be done to it. */

import { COLUMNS } from "../columns.js";
import { columnsOf, damagedOf, rowsOf } from "../runs_table.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { damagedRow } from "./damaged_row.js";
import { text } from "./field.js";
import { quoted } from "./isolated.js";
import { runsRow } from "./runs_row.js";
import { shareTools } from "./sharing.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../columns.js").Column} Column */
/** @typedef {import("../columns.js").Row} Row */

/** @param {State} state @param {Actions} actions */
export function runs(state, actions) {
  const rows = rowsOf(state);
  const damaged = damagedOf(state);
  return html`
    <div class="runs">
      ${tools(state, actions)}
      ${rows.length + damaged.length > 0 ? table(rows, damaged, state, actions) : none(state)}
    </div>
  `;
}

/** @param {State} state @param {Actions} actions */
function tools(state, actions) {
  const { boot, runs, table } = state;
  const archived = runs.filter((run) => run.archived).length;
  return html`
    <div class="tools">
      <button type="button" data-focus="new_run" ?disabled=${boot !== "ready"} @click=${actions.open_new_run}>New run</button>
      ${shareTools(state, actions)}
      ${text({ name: "filter", label: "Filter runs", value: table.filter, live: true, commit: actions.filter_runs })}
      ${check("Only what differs", table.differing, actions.show_differing)}
      ${archived > 0 ? check(`Show archived (${archived})`, table.archived, actions.show_archived) : nothing}
      <details class="columns">
        <summary>Columns</summary>
        <fieldset>
          <legend class="sr-only">Columns to show</legend>
          ${COLUMNS.map(({ id, label }) => check(label, table.columns.includes(id), (shown) => actions.choose_column(id, shown)))}
        </fieldset>
      </details>
    </div>
  `;
}

/** @param {string} label @param {boolean} checked @param {(checked: boolean) => unknown} commit */
function check(label, checked, commit) {
  const act = (/** @type {Event} */ event) => commit(/** @type {HTMLInputElement} */ (event.target).checked);
  return html`<label class="check"><input type="checkbox" .checked=${checked} @change=${act} />${label}</label>`;
}

/** @param {State} state */
function none({ runs, table }) {
  if (runs.length === 0) return nothing;
  return html`<p class="waiting">No run matches ${quoted(table.filter)}.</p>`;
}

/**
 * The roles are those that the elements have anyway: a narrow page lays them out as cards, and would lose them.
 * @param {Row[]} rows @param {ReturnType<typeof damagedOf>} damaged @param {State} state @param {Actions} actions
 */
function table(rows, damaged, state, actions) {
  const columns = columnsOf(state.table, rows);
  return html`
    <div class="scroll" role="group" aria-label="Table of runs" tabindex="0">
      <table role="table" aria-labelledby="runs-title">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col"><span class="sr-only">Drawn</span></th>
            ${[{ id: "name", label: "Name", delta: null }, ...columns].map((column) => heading(column, state, actions))}
            <th role="columnheader" scope="col"><span class="sr-only">What can be done</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup" @pointerleave=${() => actions.hover_run(null)}>
          ${repeat(
            rows,
            ({ id }) => id,
            (row) => runsRow(row, columns, state, actions),
          )}
          ${damaged.map((row) => damagedRow(row, columns.length, actions))}
        </tbody>
      </table>
    </div>
  `;
}

/** @param {Pick<Column, "id" | "label" | "delta">} column @param {State} state @param {Actions} actions */
function heading({ id, label, delta }, { table: { sort } }, actions) {
  const way = sort?.column !== id ? "none" : sort.descending ? "descending" : "ascending";
  const mark = { none: "", ascending: "▲", descending: "▼" }[way];
  return html`
    <th role="columnheader" scope="col" aria-sort=${way} class=${delta ? "number" : ""}>
      <button type="button" @click=${() => actions.sort_runs(id)}>${label}<span aria-hidden="true">${mark}</span></button>
    </th>
  `;
}
