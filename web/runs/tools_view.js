/** Above the table of runs: New run, files and links, the filter, and the choice of columns. */

import { shareTools } from "../share/view.js";
import { text } from "../ui/fields.js";
import { opensMenu } from "../ui/menu_view.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { COLUMNS } from "./columns.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function runsTools(state, actions) {
  const {
    page: { boot },
    runs: { list: runs, table },
  } = state;
  const archived = runs.filter((run) => run.archived).length;
  const columns = () =>
    COLUMNS.map(({ id, label }) => {
      const checked = table.columns.includes(id);
      return { label, checked, stays: true, act: () => actions.runs.chooseColumn(id, !checked) };
    });
  return html`
    <div class="runs-tools">
      <button type="button" class="solid" data-focus="new_run" ?disabled=${boot !== "ready"} @click=${actions.newRun.open}>New run</button>
      <button type="button" data-focus="new_sweep" ?disabled=${boot !== "ready"} @click=${actions.sweep.open}>New sweep</button>
      ${shareTools(state, actions)}
      <span class="runs-space"></span>
      ${archived > 0 ? check(html`<span translate="no">Show archived (${archived})</span>`, table.archived, actions.runs.showArchived) : nothing}
      ${check("Only differing settings", table.differing, actions.runs.showDiffering)}
      ${text({ name: "filter", label: "Filter runs", placeholder: "Filter runs", value: table.filter, live: true, commit: actions.runs.filter })}
      <button type="button" class="ghost" ${opensMenu({ label: "Columns to show", align: "end", items: columns })}>Columns</button>
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
  return html`<label class="runs-check"><input type="checkbox" .checked=${checked} @change=${act} />${label}</label>`;
}
