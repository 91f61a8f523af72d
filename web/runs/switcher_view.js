/** The run switcher in the bar: the active run, and a menu of all runs. */

import { short } from "../ui/format.js";
import { COLORS } from "../ui/line_style.js";
import { opensMenu } from "../ui/menu_view.js";
import { ofRun } from "../ui/of_run.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { ownWords } from "./twins_text.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Entry } from "../ui/menu_view.js" */

/** @param {State} state @param {Actions} actions */
export function switcher(state, actions) {
  const { run } = state;
  if (!run) return nothing;
  const twin = state.runs.list.find(({ id }) => run.twins.includes(id));
  return html`
    <button
      type="button"
      class="ghost runs-switcher"
      aria-label="Active run: ${run.name}${twin ? `, with a twin: ${ownWords(twin, run)}` : ""}"
      title=${run.name}
      ${opensMenu({ label: "Runs", items: () => items(state, actions) })}
    >
      ${swatch(run.id, state)}<bdi class="runs-switcher-name" translate="no">${run.name}</bdi>
      ${twin ? html`<span class="runs-switcher-twin" translate="no">⇄ ${ownWords(twin, run)}</span>` : nothing}
      <svg class="runs-switcher-arrow" viewBox="0 0 12 12" aria-hidden="true"><path d="M3 4.5 6 7.5 9 4.5" /></svg>
    </button>
  `;
}

/** @param {string} id @param {State} state */
const swatch = (id, { runs }) =>
  html`<span class="runs-switcher-swatch line-${(ofRun(runs.colors, id) ?? 0) % COLORS}" aria-hidden="true"></span>`;

/** @param {State} state @param {Actions} actions @returns {Entry[]} */
function items(state, actions) {
  const { runs, run: active } = state;
  const shown = runs.list.filter(({ archived, id }) => !archived || id === active?.id);
  return [
    ...shown.map(({ id, name, loss }) => ({
      label: name,
      picture: swatch(id, state),
      hint: short(loss),
      chosen: id === active?.id,
      act: () => actions.runs.activate(id),
    })),
    "separator",
    { label: "New run …", act: actions.newRun.open },
  ];
}
