/** The run switcher in the bar: the active run, and a menu of all runs. */

import { barWords } from "../config/bar_words.js";
import { short } from "../ui/format.js";
import { COLORS } from "../ui/line_style.js";
import { opensMenu } from "../ui/menu_view.js";
import { ofRun } from "../ui/of_run.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { codeWords } from "./events_text.js";
import { SPARKLINE, sparkline } from "./sparkline_view.js";
import { ownWords, twinOf } from "./twins_text.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Entry } from "../ui/menu_view.js" */

/** @param {State} state @param {Actions} actions */
export function switcher(state, actions) {
  const { run } = state;
  if (!run) return expected();
  const twin = twinOf(run, state.runs.list);
  const isOwn = run.code.trained_by === "mine";
  return html`
    <button
      type="button"
      class="ghost runs-switcher"
      aria-label="Active run: ${run.name}${isOwn ? `, trained by ${codeWords(run.code)}` : ""}${twin ? `, with a twin: ${ownWords(twin, run)}` : ""}"
      title=${run.name}
      ${opensMenu({ label: "Runs", items: () => items(state, actions) })}
    >
      ${content(lineOf(run.id, state), run.name, twin ? ownWords(twin, run) : "", isOwn)}
    </button>
  `;
}

/** The run that Python is expected to have, in the same place. */
function expected() {
  const { line, name, twin } = barWords();
  return html`<button type="button" class="ghost runs-switcher" disabled>${content(line, name, twin)}</button>`;
}

/** @param {number} line @param {string} name @param {string} twin how it differs; or "" @param {boolean} [isOwn]  trained by the person's code */
const content = (line, name, twin, isOwn = false) => html`
  ${swatch(line)}<bdi class="runs-switcher-name" translate="no">${name}</bdi>
  ${isOwn ? html`<span class="runs-switcher-twin">${codeWords({ trained_by: "mine" })}</span>` : nothing}
  ${twin ? html`<span class="runs-switcher-twin" translate="no">⇄ ${twin}</span>` : nothing}
  <svg class="runs-switcher-arrow" viewBox="0 0 12 12" aria-hidden="true"><path d="M3 4.5 6 7.5 9 4.5" /></svg>
`;

/** @param {string} id @param {State} state */
const lineOf = (id, { runs }) => ofRun(runs.colors, id) ?? 0;

/** @param {number} line */
const swatch = (line) => html`<span class="runs-switcher-swatch line-${line % COLORS}" aria-hidden="true"></span>`;

/** @param {State} state @param {Actions} actions @returns {Entry[]} */
function items(state, actions) {
  const { runs, run: active } = state;
  const curves = new Map(state.chart.curves.map((curve) => [curve.id, curve]));
  const shown = runs.list.filter(({ archived, id }) => !archived || id === active?.id);
  return [
    ...shown.map(({ id, name, loss }) => ({
      label: name,
      picture: swatch(lineOf(id, state)),
      figure: html`<svg class="runs-switcher-spark line-${lineOf(id, state) % COLORS}" viewBox="0 0 ${SPARKLINE.width} ${SPARKLINE.height}" aria-hidden="true">${sparkline(curves.get(id))}</svg>`,
      hint: short(loss),
      chosen: id === active?.id,
      act: () => actions.runs.activate(id),
    })),
    "separator",
    { label: "New run …", act: actions.newRun.open },
  ];
}
