/** Status of saving: saved since when, and the browser's promise. */

import { count } from "../ui/number.js";
import { ofRun } from "../ui/of_run.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { firstUnsaved, time } from "./banners_view.js";

/** @import { State } from "../page/store.js" */
/** @import { RunState } from "../storage/index.js" */

/** @param {State} state */
export function saved(state) {
  const step = ofRun(state.saving.storage?.runs ?? {}, state.run?.id ?? "")?.step ?? nothing;
  return html`
    <div class="saved" data-saved=${standing(state)} data-step=${step} data-writing=${state.saving.writing}>
      ${now(state)}
    </div>
  `;
}

/** @param {State} state @returns {"memory" | "unsaved" | "elsewhere" | "saved" | "not yet"} */
function standing(state) {
  const {
    run,
    saving: { elsewhere, storage },
  } = state;
  if (storage?.where === "memory") return "memory";
  if (firstUnsaved(state)) return "unsaved";
  if (run && elsewhere.includes(run.id)) return "elsewhere";
  return run && ofRun(storage?.runs ?? {}, run.id) ? "saved" : "not yet";
}

/** @param {State} state */
function now(state) {
  const { run, page, saving } = state;
  if (!run || page.boot === "loading" || standing(state) !== "saved") return nothing;
  return html`<p class="note">${kept(ofRun(saving.storage?.runs ?? {}, run.id), page.clock)}</p>`;
}

/** @param {RunState | undefined} state @param {number} clock  ms since 1970 */
function kept(state, clock) {
  const { saved, step } = state ?? {};
  return `Saved ${ago(saved ?? 0, clock)}${step ? `, at step ${count(step)}` : ""}`;
}

/** @param {number} at @param {number} clock  both ms since 1970 */
function ago(at, clock) {
  const seconds = Math.max(0, Math.round((clock - at) / 1000));
  return seconds < 60 ? `${seconds} s ago` : `at ${time(at)}`;
}

/** The browser's promise about storage, for Help. @param {State} state */
export function promise({ saving: { storage } }) {
  if (!storage || storage.where === "memory") return `Runs cannot be saved here. ${storage?.reason ?? ""}`;
  const copy = storage.copy_problem ? ` There is no second copy at the moment: ${storage.copy_problem}` : "";
  const answer = {
    true: "The browser has promised not to delete saved runs by itself.",
    false: "If the disk fills up, the browser may delete saved runs; the page asks it not to.",
    null: "The browser does not say whether it may delete saved runs by itself.",
  };
  return `${answer[/** @type {"true" | "false" | "null"} */ (String(storage.persisted))]}${copy}`;
}
