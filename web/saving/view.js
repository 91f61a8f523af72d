/** Status of saving: saved or not since when, restored runs, and problems with the storage. */

import { isolated, quoted } from "../ui/bidi.js";
import { count } from "../ui/number.js";
import { ofRun } from "../ui/of_run.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Notice } from "../saving/state.js" */
/** @import { RunState } from "../storage/index.js" */

/** @param {State} state @param {Actions} actions */
export function saved(state, actions) {
  const step = ofRun(state.saving.storage?.runs ?? {}, state.run?.id ?? "")?.step ?? nothing;
  return html`
    <div class="saved" data-saved=${standing(state)} data-step=${step} data-writing=${state.saving.writing}>
      ${now(state, actions)}
      <div role="status">${banner(state, actions)}</div>
      <div role="alert">${alarm(state, actions)}</div>
      <div role="status">${state.saving.notices.map((notice) => item(notice, state, actions))}</div>
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

/** @param {State} state @param {Actions} actions */
function now(state, actions) {
  const {
    run,
    page: { boot },
    saving: { storage },
  } = state;
  if (!run || boot === "loading") return nothing;
  switch (standing(state)) {
    case "elsewhere":
      return html`
        <p class="note" id="elsewhere">
          ${quoted(run.name)} is open in another tab, so it is view-only here.
          <button type="button" ?disabled=${boot !== "ready"} @click=${() => actions.saving.takeOver(run.id)}>Take over here</button>
        </p>
      `;
    case "saved":
      return html`<p class="note">${kept(ofRun(storage?.runs ?? {}, run.id), state.page.clock)}</p>`;
    default:
      return nothing;
  }
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

/** @param {number} at */
const time = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** @param {State} state */
function firstUnsaved({ runs: { list: runs }, saving: { storage, unsaved } }) {
  for (const run of runs) {
    const problem = ofRun(storage?.runs ?? {}, run.id)?.unsaved ?? ofRun(unsaved, run.id);
    if (problem) return { run, ...problem };
  }
  return null;
}

/** @param {State} state @param {Actions} actions */
function alarm(state, actions) {
  const problem = firstUnsaved(state);
  if (!problem || state.saving.storage?.where === "memory") return nothing;
  const { run, since, why } = problem;
  return html`
    <p>
      <strong>${quoted(run.name)} has not been saved since ${time(since)}.</strong> ${why} Training continues; the page keeps retrying.
      <button type="button" @click=${actions.saving.retry}>Retry</button>
      <button type="button" @click=${() => actions.saving.downloadRun(run.id)}>Download</button>
    </p>
  `;
}

/** @param {State} state @param {Actions} actions */
function banner({ saving: { storage }, run }, actions) {
  if (storage?.where === "memory")
    return html`
      <p class="note">
        Runs cannot be saved here: ${storage.reason} ${storage.copy_problem ?? nothing} Everything works until this tab is closed; download the runs you want to keep.
        ${run ? html`<button type="button" @click=${() => actions.saving.downloadRun(run.id)}>Download <bdi translate="no">${run.name}</bdi></button>` : nothing}
      </p>
    `;
  return storage?.reason ? html`<p class="note">${storage.reason}</p>` : nothing;
}

/**
 * @param {Notice} notice
 * @param {State} state
 * @param {Actions} actions
 */
function item(notice, { page: { boot } }, actions) {
  const { id, kind, text } = notice;
  return html`
    <p class="notice" data-notice=${kind}>
      ${isolated(text)}
      ${
        kind === "interrupted"
          ? html`<button type="button" class="primary" ?disabled=${boot !== "ready"} @click=${() => actions.saving.resume(id)}>Resume</button>`
          : nothing
      }
      <button type="button" @click=${() => actions.saving.dismissNotice(notice)}>Dismiss</button>
    </p>
  `;
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
