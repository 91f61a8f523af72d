/** A row of the table of runs. */

import { text } from "../ui/fields.js";
import { COLORS, dash } from "../ui/line_style.js";
import { menuButton } from "../ui/menu_view.js";
import { ofRun } from "../ui/of_run.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { codeWords } from "./events_text.js";
import { rowMenu } from "./row_menu.js";
import { SPARKLINE, sparkline } from "./sparkline_view.js";
import { deltaOf } from "./table.js";
import { difference, isSealed, seal } from "./twins_text.js";

/** @import { LossCurve, RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Column, Row } from "./columns.js" */

/**
 * @typedef {object} Shown  what a row needs beside its run
 * @property {Column[]} columns
 * @property {RunSummary | undefined} baseline
 * @property {LossCurve | undefined} curve
 * @property {(column: Column, row: Row) => boolean} isBest  whether a value is the best of the column that is sorted
 */

/**
 * @param {Row} row
 * @param {Shown} shown
 * @param {State} state
 * @param {Actions} actions
 */
export function runsRow(row, { columns, baseline, curve, isBest }, state, actions) {
  const { id } = row;
  const { colors, hovered, renaming } = state.runs;
  const hover = () => actions.runs.hover(id);
  const isRenaming = renaming === id;
  return html`
    <tr
      role="row"
      class="run line-${(ofRun(colors, id) ?? 0) % COLORS} ${hovered === id ? "hovered" : ""}"
      aria-current=${row.active ? "true" : "false"}
      ${ref(row.active ? reveal : undefined)}
      @pointerenter=${hover}
      @focusin=${hover}
    >
      <td role="cell" class="drawn">${swatch(row, state, actions)}</td>
      <th role="rowheader" scope="row">
        ${isRenaming ? nameForm(row, state, actions) : html`<div class="runs-names">${nameOf(row, baseline?.id === id)} ${twinOf(row, state)}</div>`}
      </th>
      <td role="cell" class="runs-spark">
        <svg viewBox="0 0 ${SPARKLINE.width} ${SPARKLINE.height}" width=${SPARKLINE.width} height=${SPARKLINE.height} aria-hidden="true">${sparkline(curve)}</svg>
      </td>
      ${columns.map((column) => cell(column, row, baseline, isBest(column, row)))}
      <td role="cell" class="possible">${isRenaming ? nothing : rowActions(row, state, actions)}</td>
    </tr>
  `;
}

/**
 * Scroll only the table to a newly active run, unless the pointer or the focus is on its row.
 * @param {Element | undefined} row
 */
function reveal(row) {
  // During the first drawing the row is not in the page yet.
  queueMicrotask(() => {
    const table = row?.closest(".scroll");
    if (!row || !table || row.matches(":hover, :focus-within")) return;
    const [inner, outer] = [row, table].map((element) => element.getBoundingClientRect());
    const head = table.querySelector("thead")?.offsetHeight ?? 0;
    const above = inner.top - outer.top - head;
    const below = inner.bottom - outer.bottom;
    if (above < 0) table.scrollTop += above;
    else if (below > 0) table.scrollTop += Math.min(below, above);
  });
}

/**
 * @param {Row} row
 * @param {State} state
 * @param {Actions} actions
 */
function swatch({ id, name }, { runs: { colors, hidden } }, actions) {
  return html`
    <label class="runs-swatch">
      <input type="checkbox" aria-label="Draw ${name}" .checked=${!ofRun(hidden, id)} @change=${() => actions.runs.toggleVisible(id)} />
      <svg viewBox="0 0 22 6" width="22" height="6" aria-hidden="true">
        <line x1="1" y1="3" x2="21" y2="3" stroke-dasharray=${dash(ofRun(colors, id) ?? 0).join(" ")} />
      </svg>
    </label>
  `;
}

/** @param {Row} row @param {boolean} isBaseline */
function nameOf({ name, active, archived, twins, code }, isBaseline) {
  const tag = (/** @type {string} */ word) => html`<span class="badge">${word}</span>`;
  return html`
    <bdi translate="no" class="name" title=${name}>${name}</bdi>
    ${active ? tag("active") : nothing} ${isBaseline ? tag("baseline") : nothing} ${twins.length > 0 ? tag("twin") : nothing} ${code.trained_by === "ours" ? nothing : tag(codeWords(code))} ${archived ? tag("archived") : nothing}
  `;
}

/** @param {Row} row @param {State} state */
function twinOf(row, { runs: { list: runs } }) {
  if (row.twins.length === 0) return nothing;
  const words = difference(row, runs);
  return html`
    <span class="twin" title="${words} · ${seal(row, runs)}">
      ${words} ·
      <span class=${isSealed(row) ? "seal" : "broken"}>${isSealed(row) ? "✓ " : ""}${seal(row, runs)}</span>
    </span>
  `;
}

/**
 * @param {Column} column
 * @param {Row} row
 * @param {RunSummary | undefined} baseline
 * @param {boolean} isBest
 */
function cell(column, row, baseline, isBest) {
  const delta = deltaOf(column, row, baseline);
  return html`
    <td role="cell" data-column=${column.id} data-label=${column.label} class="${column.delta ? "number" : ""} ${isBest ? "best" : ""}">
      ${column.text(row)}${delta ? html`<small class="delta">${delta}</small>` : nothing}
    </td>
  `;
}

/**
 * One action that is seen, and the menu of all others.
 * @param {Row} row
 * @param {State} state
 * @param {Actions} actions
 */
function rowActions(row, state, actions) {
  const { id, name, active } = row;
  const off = state.page.boot !== "ready";
  const word = active ? "Twin" : "Activate";
  const act = (/** @type {MouseEvent} */ { detail }) => {
    // The second click of a double one would find Twin where Activate stood before.
    if (detail > 1) return undefined;
    return active ? actions.runs.openTwin(id) : actions.runs.activate(id);
  };
  // The name in the label distinguishes the buttons of different runs.
  return html`
    <div class="runs-actions">
      <button type="button" class="ghost" aria-label="${word} ${name}" data-focus="activate-${id}" ?disabled=${off} @click=${act}>${word}</button>
      ${menuButton({ label: `Actions of ${name}`, align: "end", focus: `actions-${id}`, disabled: off, items: () => rowMenu(row, state, actions) })}
    </div>
  `;
}

/**
 * @param {Row} row
 * @param {State} state
 * @param {Actions} actions
 */
function nameForm({ id, name }, { training: { refusals } }, actions) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    actions.runs.rename(id, /** @type {HTMLInputElement} */ (form.querySelector("input")).value);
  };
  const leave = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") actions.runs.editName(null);
  };
  return html`
    <form class="rename" @submit=${submit} @keydown=${leave}>
      ${text({ name: "name", label: `New name of ${name}`, subject: "The name", value: name, refusal: refusals.name, commit: () => {} })}
      <button type="submit" class="primary">Save name</button>
      <button type="button" @click=${() => actions.runs.editName(null)}>Cancel</button>
    </form>
  `;
}
