/** Banners and messages of saving: not saved, open elsewhere, storage blocked, runs that came back. */

import { isolated, quoted } from "../ui/bidi.js";
import { ofRun } from "../ui/of_run.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Notice } from "./state.js" */

/** @param {number} at */
export const time = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** The first run that could not be saved, and why. @param {State} state */
export function firstUnsaved({ runs: { list: runs }, saving: { storage, unsaved } }) {
  for (const run of runs) {
    const problem = ofRun(storage?.runs ?? {}, run.id)?.unsaved ?? ofRun(unsaved, run.id);
    if (problem) return { run, ...problem };
  }
  return null;
}

/** A run is not saved, another tab trains it, or nothing can be saved: the most urgent first. @param {State} state @param {Actions} actions */
export const savingBanners = (state, actions) => ({
  unsaved: alarm(state, actions),
  elsewhere: elsewhere(state, actions),
  storage: storageNote(state, actions),
});

/** Runs that came back, or did not. @param {State} state @param {Actions} actions */
export const notices = (state, actions) => state.saving.notices.map((notice) => item(notice, state, actions));

/** @param {State} state @param {Actions} actions */
function elsewhere({ run, page: { boot }, saving }, actions) {
  if (!run || boot === "loading" || !saving.elsewhere.includes(run.id)) return nothing;
  return html`
    <div class="banner" id="elsewhere">
      <p>${quoted(run.name)} is open in another tab, so it is view-only here.</p>
      <button type="button" ?disabled=${boot !== "ready"} @click=${() => actions.saving.takeOver(run.id)}>Take over here</button>
    </div>
  `;
}

/** @param {State} state @param {Actions} actions */
function alarm(state, actions) {
  const problem = firstUnsaved(state);
  if (!problem || state.saving.storage?.where === "memory") return nothing;
  const { run, since, why } = problem;
  return html`
    <div class="banner failure">
      <p><strong>${quoted(run.name)} has not been saved since ${time(since)}.</strong> ${why} Training continues; the page keeps retrying.</p>
      <button type="button" @click=${actions.saving.retry}>Retry</button>
      <button type="button" @click=${() => actions.saving.downloadRun(run.id)}>Download</button>
    </div>
  `;
}

/** @param {State} state @param {Actions} actions */
function storageNote({ saving: { storage }, run }, actions) {
  if (storage?.where === "memory")
    return html`
      <div class="banner">
        <p>Runs cannot be saved here: ${storage.reason} ${storage.copy_problem ?? nothing} Everything works until this tab is closed; download the runs you want to keep.</p>
        ${run ? html`<button type="button" @click=${() => actions.saving.downloadRun(run.id)}>Download <bdi translate="no">${run.name}</bdi></button>` : nothing}
      </div>
    `;
  return storage?.reason ? html`<div class="banner"><p>${storage.reason}</p></div>` : nothing;
}

/**
 * @param {Notice} notice
 * @param {State} state
 * @param {Actions} actions
 */
function item(notice, { page: { boot } }, actions) {
  const { id, kind, text } = notice;
  return html`
    <div class="message notice" data-notice=${kind}>
      <p>${isolated(text)}</p>
      ${
        kind === "interrupted"
          ? html`<button type="button" class="primary" ?disabled=${boot !== "ready"} @click=${() => actions.saving.resume(id)}>Resume</button>`
          : nothing
      }
      <button type="button" @click=${() => actions.saving.dismissNotice(notice)}>Dismiss</button>
    </div>
  `;
}
