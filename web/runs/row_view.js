/** A row of the table of runs. */

import { downloads } from "../share/view.js";
import { text } from "../ui/fields.js";
import { COLORS, dash } from "../ui/line_style.js";
import { ofRun } from "../ui/of_run.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { deltaOf } from "./table.js";
import { difference, isSealed, seal } from "./twins_text.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Column, Row } from "./columns.js" */

/**
 * @param {Row} row
 * @param {Column[]} columns
 * @param {State} state
 * @param {Actions} actions
 */
export function runsRow(row, columns, state, actions) {
  const { id } = row;
  const baseline = state.runs.list.find((run) => run.id === state.runs.table.baseline);
  const hover = () => actions.runs.hover(id);
  return html`
    <tr
      role="row"
      class="run line-${(ofRun(state.runs.colors, id) ?? 0) % COLORS} ${state.runs.hovered === id ? "hovered" : ""}"
      aria-current=${row.active ? "true" : "false"}
      ${ref(row.active ? reveal : undefined)}
      @pointerenter=${hover}
      @focusin=${hover}
    >
      <td role="cell" class="drawn">${swatch(row, state, actions)}</td>
      <th role="rowheader" scope="row">
        ${state.runs.renaming === id ? nameForm(row, state, actions) : nameOf(row, baseline?.id === id)} ${twinOf(row, state)}
      </th>
      ${columns.map((column) => cell(column, row, baseline))}
      <td role="cell" class="possible">${state.runs.renaming === id ? nothing : rowActions(row, state, actions)}</td>
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
    <label>
      <input type="checkbox" aria-label="Draw ${name}" .checked=${!ofRun(hidden, id)} @change=${() => actions.runs.toggleVisible(id)} />
      <svg viewBox="0 0 22 6" width="22" height="6" aria-hidden="true">
        <line x1="1" y1="3" x2="21" y2="3" stroke-dasharray=${dash(ofRun(colors, id) ?? 0).join(" ")} />
      </svg>
    </label>
  `;
}

/** @param {Row} row @param {boolean} isBaseline */
function nameOf({ name, active }, isBaseline) {
  return html`
    <bdi translate="no" class="name">${name}</bdi>
    ${active ? html`<span class="badge">active</span>` : nothing} ${isBaseline ? html`<span class="badge">baseline</span>` : nothing}
  `;
}

/** @param {Row} row @param {State} state */
function twinOf(row, { runs: { list: runs } }) {
  if (row.twins.length === 0) return nothing;
  return html`
    <span class="twin">
      ${difference(row, runs)} ·
      <span class=${isSealed(row) ? "seal" : "broken"}>${isSealed(row) ? "✓ " : ""}${seal(row, runs)}</span>
    </span>
  `;
}

/**
 * @param {Column} column
 * @param {Row} row
 * @param {RunSummary | undefined} baseline
 */
function cell(column, row, baseline) {
  const delta = deltaOf(column, row, baseline);
  return html`
    <td role="cell" data-column=${column.id} data-label=${column.label} class=${column.delta ? "number" : ""}>
      ${column.text(row)}${delta ? html`<small class="delta">${delta}</small>` : nothing}
    </td>
  `;
}

/**
 * @param {Row} row
 * @param {State} state
 * @param {Actions} actions
 */
function rowActions({ id, name, active, archived }, state, actions) {
  const {
    page: { boot },
    runs: { table },
    saving: { elsewhere },
  } = state;
  const off = boot !== "ready";
  // A run of another tab can only be viewed and copied.
  const away = { away: elsewhere.includes(id) };
  // The name in the label distinguishes the buttons of different runs.
  const button = (/** @type {string} */ word, /** @type {() => unknown} */ act, now = {}) => html`
    <button
      type="button"
      aria-label="${word} ${name}"
      data-focus="${word === "Unarchive" ? "archive" : word.toLowerCase()}-${id}"
      ?disabled=${off || ("away" in now && now.away)}
      aria-disabled=${"pointless" in now && now.pointless ? "true" : "false"}
      aria-pressed=${"pressed" in now ? String(now.pressed) : nothing}
      @click=${"pointless" in now && now.pointless ? nothing : act}
    >${word}</button>
  `;
  return html`
    <div class="deeds">
    ${button("Activate", () => actions.runs.activate(id), { pointless: active })} ${button("Twin", () => actions.runs.openTwin(id))}
    ${button("Duplicate", () => actions.runs.duplicate(id))} ${button("Baseline", () => actions.runs.setBaseline(id), { pressed: table.baseline === id })}
    ${button("Reset", () => actions.runs.reset(id), away)} ${button("Rename", () => actions.runs.editName(id), away)}
    ${downloads({ id, name }, state, actions)} ${button(archived ? "Unarchive" : "Archive", () => actions.runs.archive(id, !archived), away)} ${button("Delete", () => actions.runs.delete(id), away)}
    ${away.away ? html`<small class="away">Open in another tab.</small>` : nothing}
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
