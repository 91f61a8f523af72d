/** The table of runs, with the actions of each. */

import { shareTools } from "../share/view.js";
import { quoted } from "../ui/bidi.js";
import { text } from "../ui/fields.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { COLUMNS } from "./columns.js";
import { damagedRow } from "./damaged_row_view.js";
import { runsRow } from "./row_view.js";
import { columnsOf, damagedOf, rowsOf } from "./table.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Column, Row } from "./columns.js" */

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
  const {
    page: { boot },
    runs: { list: runs, table },
  } = state;
  const archived = runs.filter((run) => run.archived).length;
  return html`
    <div class="tools">
      <button type="button" data-focus="new_run" ?disabled=${boot !== "ready"} @click=${actions.newRun.open}>New run</button>
      ${shareTools(state, actions)}
      ${text({ name: "filter", label: "Filter runs", value: table.filter, live: true, commit: actions.runs.filter })}
      ${check("Only what differs", table.differing, actions.runs.showDiffering)}
      ${archived > 0 ? check(html`<span translate="no">Show archived (${archived})</span>`, table.archived, actions.runs.showArchived) : nothing}
      <details class="columns">
        <summary>Columns</summary>
        <fieldset>
          <legend class="vh">Columns to show</legend>
          ${COLUMNS.map(({ id, label }) => check(label, table.columns.includes(id), (shown) => actions.runs.chooseColumn(id, shown)))}
        </fieldset>
      </details>
    </div>
  `;
}

/**
 * @param {unknown} label
 * @param {boolean} checked
 * @param {(checked: boolean) => unknown} commit
 */
function check(label, checked, commit) {
  const act = (/** @type {Event} */ event) => commit(/** @type {HTMLInputElement} */ (event.target).checked);
  return html`<label class="check"><input type="checkbox" .checked=${checked} @change=${act} />${label}</label>`;
}

/** @param {State} state */
function none({ runs: { list: runs, table } }) {
  if (runs.length === 0) return nothing;
  return html`<p class="waiting">No runs match ${quoted(table.filter)}.</p>`;
}

/**
 * Explicit roles: a narrow page lays the table out as cards, which would remove the implicit ones.
 * @param {Row[]} rows
 * @param {ReturnType<typeof damagedOf>} damaged
 * @param {State} state
 * @param {Actions} actions
 */
function table(rows, damaged, state, actions) {
  const columns = columnsOf(state.runs.table, rows);
  return html`
    <div class="scroll" role="group" translate="no" aria-label="Table of runs" tabindex="0">
      <table role="table" aria-labelledby="runs-title">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col"><span class="vh">Drawn</span></th>
            ${[{ id: "name", label: "Name", delta: null }, ...columns].map((column) => heading(column, state, actions))}
            <th role="columnheader" scope="col"><span class="vh">Actions</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup" @pointerleave=${() => actions.runs.hover(null)}>
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

/**
 * @param {Pick<Column, "id" | "label" | "delta">} column
 * @param {State} state
 * @param {Actions} actions
 */
function heading(
  { id, label, delta },
  {
    runs: {
      table: { sort },
    },
  },
  actions,
) {
  const way = sort?.column !== id ? "none" : sort.descending ? "descending" : "ascending";
  const mark = { none: "", ascending: "▲", descending: "▼" }[way];
  return html`
    <th role="columnheader" scope="col" aria-sort=${way} class=${delta ? "number" : ""}>
      <button type="button" @click=${() => actions.runs.sort(id)}>${label}<span aria-hidden="true">${mark}</span></button>
    </th>
  `;
}
