/** The table of runs, with the actions of each. */

import { quoted } from "../ui/bidi.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { damagedRow } from "./damaged_row_view.js";
import { runsRow } from "./row_view.js";
import { bestOf, columnsOf, damagedOf, rowsOf } from "./table.js";
import { runsTools } from "./tools_view.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Column, Row } from "./columns.js" */

/** @param {State} state @param {Actions} actions */
export function runs(state, actions) {
  const rows = rowsOf(state);
  const damaged = damagedOf(state);
  return html`
    <div class="runs">
      ${runsTools(state, actions)}
      ${rows.length + damaged.length > 0 ? table(rows, damaged, state, actions) : none(state)}
    </div>
  `;
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
            ${heading(NAME, state, actions)}
            <th role="columnheader" scope="col" class="runs-spark">Loss</th>
            ${columns.map((column) => heading(column, state, actions))}
            <th role="columnheader" scope="col"><span class="vh">Actions</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup" @pointerleave=${() => actions.runs.hover(null)}>
          ${rowsView(rows, columns, state, actions)}
          ${damaged.map((row) => damagedRow(row, columns.length, actions))}
          ${state.runs.list.length === 1 && damaged.length === 0 ? ghost(rows[0], columns.length, actions) : nothing}
        </tbody>
      </table>
    </div>
  `;
}

/**
 * @param {Row[]} rows
 * @param {Column[]} columns
 * @param {State} state
 * @param {Actions} actions
 */
function rowsView(rows, columns, state, actions) {
  const { list, table } = state.runs;
  const curves = new Map(state.chart.curves.map((curve) => [curve.id, curve]));
  const baseline = list.find((run) => run.id === table.baseline);
  const best = bestOf(table, rows);
  const isBest = (/** @type {Column} */ column, /** @type {Row} */ row) =>
    best !== null && column.id === table.sort?.column && column.value(row) === best;
  return repeat(
    rows,
    ({ id }) => id,
    (row) => runsRow(row, { columns, baseline, curve: curves.get(row.id), isBest }, state, actions),
  );
}

/**
 * A suggestion, while there is one run.
 * @param {Row} row
 * @param {number} columns  beside name, loss and actions
 * @param {Actions} actions
 */
function ghost(row, columns, actions) {
  const tryIt = () => actions.runs.openTwin(row.id, "optimizer", "momentum");
  return html`
    <tr role="row" class="runs-ghost">
      <td role="cell"></td>
      <td role="cell" colspan=${columns + 3}>
        <button type="button" class="ghost" @click=${tryIt}>Try the same run with momentum: create a twin</button>
      </td>
    </tr>
  `;
}

const NAME = { id: "name", label: "Name", delta: null };

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
      <button type="button" class="runs-sort" @click=${() => actions.runs.sort(id)}>${label}<span aria-hidden="true">${mark}</span></button>
    </th>
  `;
}
