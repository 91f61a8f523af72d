/** Status of saving: saved since when, and the browser's promise. */

import { count } from "../ui/number.js";
import { ofRun } from "../ui/of_run.js";
import { popover } from "../ui/popover.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { firstUnsaved, time } from "./banners_view.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { RunState } from "../storage/index.js" */

/** @param {State} state @param {Actions} actions */
export function saved(state, actions) {
  const { run, page, saving } = state;
  const step = ofRun(saving.storage?.runs ?? {}, run?.id ?? "")?.step ?? nothing;
  const now = standing(state);
  const [word, sentence] = run && page.boot !== "loading" ? words(now, state) : ["", "Nothing is to be saved yet."];
  return html`
    ${undo(state, actions)}
    <div class="saved" data-saved=${now} data-step=${step} data-writing=${saving.writing}>
      <button type="button" class="ghost saving-button" popovertarget="saved-details" aria-haspopup="dialog" title=${sentence}>
        <span class="saving-dot" aria-hidden="true"></span><span class="saving-word">${word || "Saving"}</span>
      </button>
      ${popover({ id: "saved-details", label: "Saving", name: "saving-popover", content: details(sentence, state, actions) })}
    </div>
  `;
}

/** Undo, when its message has had its time. @param {State} state @param {Actions} actions */
function undo({ saving: { undos, undoHidden, undoOver } }, actions) {
  if (!undos.length || undoHidden || !undoOver) return nothing;
  return html`
    <button type="button" class="icon" aria-label="Undo" title="${undos[0].text} Undo (key U)" data-focus="undo" @click=${actions.saving.undo}>
      <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M5 8h7a3.5 3.5 0 0 1 0 7H9M8 5 5 8l3 3" /></svg>
    </button>
  `;
}

/**
 * A word for the dot, and a sentence.
 * @param {ReturnType<typeof standing>} now @param {State} state @returns {[string, string]}
 */
function words(now, { run, page, saving }) {
  switch (now) {
    case "saved":
      return ["Saved", describeSave(ofRun(saving.storage?.runs ?? {}, run?.id ?? ""), page.clock)];
    case "memory":
      return ["Not saved", "Runs cannot be saved here."];
    case "unsaved":
      return ["Not saved", "The last save has failed. Training continues; the page keeps retrying."];
    case "elsewhere":
      return ["View only", "Another tab trains this run and saves it."];
    default:
      return ["Saving", "This run is not saved yet."];
  }
}

/** @param {string} sentence @param {State} state @param {Actions} actions */
function details(sentence, state, actions) {
  const off = state.page.boot !== "ready";
  return html`
    <p>${sentence}</p>
    <p class="hint">Runs are saved in this browser, on this computer. ${promise(state)}</p>
    <p><button type="button" ?disabled=${off} @click=${actions.share.downloadAll}>Download all</button></p>
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

/** @param {RunState | undefined} state @param {number} clock  ms since 1970 */
function describeSave(state, clock) {
  const { saved, step } = state ?? {};
  return `Saved ${ago(saved ?? 0, clock)}${step ? ` (step ${count(step)})` : ""}.`;
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
