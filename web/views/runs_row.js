/** One run of the table. */

import { COLORS, dash } from "../draw/chart.js";
import { deltaOf } from "../runs_table.js";
import { difference, isSealed, seal } from "../twins.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { text } from "./field.js";
import { downloads } from "./sharing.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../columns.js").Column} Column */
/** @typedef {import("../columns.js").Row} Row */

/** @param {Row} row @param {Column[]} columns @param {State} state @param {Actions} actions */
export function runsRow(row, columns, state, actions) {
  const { id } = row;
  const baseline = state.runs.find((run) => run.id === state.table.baseline);
  const hover = () => actions.hover_run(id);
  return html`
    <tr
      role="row"
      class="run line-${(state.colors[id] ?? 0) % COLORS} ${state.hovered === id ? "hovered" : ""}"
      aria-current=${row.active ? "true" : "false"}
      @pointerenter=${hover}
      @focusin=${hover}
    >
      <td role="cell" class="drawn">${swatch(row, state, actions)}</td>
      <th role="rowheader" scope="row">
        ${state.renaming === id ? nameForm(row, state, actions) : nameOf(row, baseline?.id === id)} ${twinOf(row, state)}
      </th>
      ${columns.map((column) => cell(column, row, baseline))}
      <td role="cell" class="possible">${state.renaming === id ? nothing : deeds(row, state, actions)}</td>
    </tr>
  `;
}

/** @param {Row} row @param {State} state @param {Actions} actions */
function swatch({ id, name }, { colors, hidden }, actions) {
  return html`
    <label>
      <input type="checkbox" aria-label="Draw ${name}" .checked=${!hidden[id]} @change=${() => actions.toggle_visible(id)} />
      <svg viewBox="0 0 22 6" width="22" height="6" aria-hidden="true">
        <line x1="1" y1="3" x2="21" y2="3" stroke-dasharray=${dash(colors[id] ?? 0).join(" ")} />
      </svg>
    </label>
  `;
}

/** @param {Row} row @param {boolean} isBaseline */
function nameOf({ name, active }, isBaseline) {
  return html`
    <bdi class="name">${name}</bdi>
    ${active ? html`<span class="badge">active</span>` : nothing} ${isBaseline ? html`<span class="badge">baseline</span>` : nothing}
  `;
}

/** @param {Row} row @param {State} state */
function twinOf(row, { runs }) {
  if (row.twins.length === 0) return nothing;
  return html`
    <span class="twin">
      ${difference(row, runs)} ·
      <span class=${isSealed(row) ? "seal" : "broken"}>${isSealed(row) ? "✓ " : ""}${seal(row, runs)}</span>
    </span>
  `;
}

/** @param {Column} column @param {Row} row @param {import("../api.d.ts").RunSummary | undefined} baseline */
function cell(column, row, baseline) {
  const delta = deltaOf(column, row, baseline);
  return html`
    <td role="cell" data-column=${column.id} data-label=${column.label} class=${column.delta ? "number" : ""}>
      ${column.text(row)}${delta ? html`<small class="delta">${delta}</small>` : nothing}
    </td>
  `;
}

/** @param {Row} row @param {State} state @param {Actions} actions */
function deeds({ id, name, active, archived }, state, actions) {
  const { boot, table, elsewhere } = state;
  const off = boot !== "ready";
  // Another tab's run can be looked at and copied here, and nothing else.
  const away = { away: elsewhere.includes(id) };
  // The name in the label tells the buttons of one run from those of another.
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
    ${button("Activate", () => actions.activate(id), { pointless: active })} ${button("Twin", () => actions.open_twin(id))}
    ${button("Duplicate", () => actions.duplicate(id))} ${button("Baseline", () => actions.set_baseline(id), { pressed: table.baseline === id })}
    ${button("Reset", () => actions.reset(id), away)} ${button("Rename", () => actions.edit_name(id), away)}
    ${downloads({ id, name }, state, actions)} ${button(archived ? "Unarchive" : "Archive", () => actions.archive(id, !archived), away)} ${button("Delete", () => actions.delete(id), away)}
    ${away.away ? html`<small class="away">Another tab trains and saves this run.</small>` : nothing}
    </div>
  `;
}

/** @param {Row} row @param {State} state @param {Actions} actions */
function nameForm({ id, name }, { refusals }, actions) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    actions.rename(id, /** @type {HTMLInputElement} */ (form.querySelector("input")).value);
  };
  const leave = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") actions.edit_name(null);
  };
  return html`
    <form class="rename" @submit=${submit} @keydown=${leave}>
      ${text({ name: "name", label: `New name of ${name}`, value: name, refusal: refusals.name, commit: () => {} })}
      <button type="submit" class="primary">Save name</button>
      <button type="button" @click=${() => actions.edit_name(null)}>Cancel</button>
    </form>
  `;
}
