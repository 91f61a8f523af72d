/** Whether the runs are saved, in words and truthfully; what came back how; and what to do where they cannot be. */

import { count } from "../draw/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { isolated, quoted } from "./isolated.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../store.js").Notice} Notice */
/** @typedef {import("../actions.js").Actions} Actions */

/** @param {State} state @param {Actions} actions */
export function saved(state, actions) {
  const step = state.storage?.runs[state.run?.id ?? ""]?.step ?? nothing;
  return html`
    <div class="saved" data-saved=${standing(state)} data-step=${step} data-writing=${state.writing}>
      ${now(state, actions)}
      <div role="status">${banner(state, actions)}</div>
      <div role="alert">${alarm(state, actions)}</div>
      <div role="status">${state.notices.map((notice) => item(notice, state, actions))}</div>
    </div>
  `;
}

/** @param {State} state @returns {"memory" | "unsaved" | "elsewhere" | "saved" | "not yet"} */
function standing(state) {
  const { run, elsewhere, storage } = state;
  if (storage?.where === "memory") return "memory";
  if (firstUnsaved(state)) return "unsaved";
  if (run && elsewhere.includes(run.id)) return "elsewhere";
  return run && storage?.runs[run.id] ? "saved" : "not yet";
}

/** @param {State} state @param {Actions} actions */
function now(state, actions) {
  const { run, boot, storage } = state;
  if (!run || boot === "loading") return nothing;
  switch (standing(state)) {
    case "elsewhere":
      return html`
        <p class="note" id="elsewhere">
          Another tab trains and saves ${quoted(run.name)}. Here it can be looked at.
          <button type="button" ?disabled=${boot !== "ready"} @click=${() => actions.take_over(run.id)}>Take over here</button>
        </p>
      `;
    case "saved":
      return html`<p class="note">${kept(storage?.runs[run.id], state.clock)}</p>`;
    default:
      return nothing;
  }
}

/** @param {import("../db.js").RunState | undefined} state @param {number} clock  ms since 1970 */
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
function firstUnsaved({ runs, storage, unsaved }) {
  for (const run of runs) {
    const problem = storage?.runs[run.id]?.unsaved ?? unsaved[run.id];
    if (problem) return { run, ...problem };
  }
  return null;
}

/** @param {State} state @param {Actions} actions */
function alarm(state, actions) {
  const problem = firstUnsaved(state);
  if (!problem || state.storage?.where === "memory") return nothing;
  const { run, since, why } = problem;
  return html`
    <p>
      <strong>${quoted(run.name)} is not saved since ${time(since)}.</strong> ${why} Training goes on, and the page tries again.
      <button type="button" @click=${actions.retry_saving}>Retry</button>
      <button type="button" @click=${() => actions.download_run(run.id)}>Download</button>
    </p>
  `;
}

/** @param {State} state @param {Actions} actions */
function banner({ storage, run }, actions) {
  if (storage?.where === "memory")
    return html`
      <p class="note">
        Nothing is kept here: ${storage.reason} Everything works, and every run stays until this tab is closed; download what is to last.
        ${run ? html`<button type="button" @click=${() => actions.download_run(run.id)}>Download <bdi>${run.name}</bdi></button>` : nothing}
      </p>
    `;
  return storage?.reason ? html`<p class="note">${storage.reason}</p>` : nothing;
}

/** @param {Notice} notice @param {State} state @param {Actions} actions */
function item(notice, { boot }, actions) {
  const { id, kind, text } = notice;
  return html`
    <p class="notice" data-notice=${kind}>
      ${isolated(text)}
      ${
        kind === "interrupted"
          ? html`<button type="button" class="primary" ?disabled=${boot !== "ready"} @click=${() => actions.resume(id)}>Resume</button>`
          : nothing
      }
      <button type="button" @click=${() => actions.dismiss_notice(notice)}>Dismiss</button>
    </p>
  `;
}

/** What the browser has promised, for the place where storage is explained. @param {State} state */
export function promise({ storage }) {
  if (!storage || storage.where === "memory") return `Here nothing is kept. ${storage?.reason ?? ""}`;
  const copy = storage.copy_problem ? ` There is no second copy just now: ${storage.copy_problem}` : "";
  const answer = {
    true: "The browser has promised not to clear it by itself.",
    false:
      "The browser may clear it when the disk gets full; it has been asked, or will be at the first Play or New run, not to.",
    null: "The browser does not say whether it may clear it by itself.",
  };
  return `${answer[/** @type {"true" | "false" | "null"} */ (String(storage.persisted))]}${copy}`;
}
