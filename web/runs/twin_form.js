/** The Twin form as actions: open it, choose the setting that differs, and create the twin. */

import { settingText, settingTyped } from "../config/kinds.js";
import { twinSettings } from "../config/schema.js";
import { MAX_CHARACTERS, trimName } from "../files/run_name.js";

/** @import { Params, RunSummary, SettingWords } from "../api.d.ts" */
/** @import { Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/**
 * The Twin form: its run, the differing setting, and the typed value.
 * @typedef {object} TwinDraft
 * @property {string} id
 * @property {string} field
 * @property {string} typed
 * @property {string | null} name  null until it is edited: it follows the setting
 * @property {{field: "twin_value" | "twin_name", message: string} | null} refusal
 */

const SAME = "Same value as in the original run: choose another one, or use Duplicate for a copy.";

/**
 * @param {Store} store
 * @param {{perform: Perform, makeOne: (make: () => Promise<RunSummary[]>, words: string) => Promise<void>}} outside
 */
export function createTwinForm(store, { perform, makeOne }) {
  return {
    /** @param {string} id @param {string} [field] @param {string} [typed]  a suggestion */
    openTwin(id, field = "learning_rate", typed) {
      const twin = draftOf(store, id, field);
      if (twin) store.set({ page: { dialog: "twin" }, runs: { twin: { ...twin, typed: typed ?? twin.typed } } });
    },
    /** @param {string} field */
    chooseTwinField(field) {
      const {
        runs: { twin },
      } = store.get();
      if (twin) store.set({ runs: { twin: draftOf(store, twin.id, field, twin.name) } });
    },
    /** @param {string} name */
    nameTwin(name) {
      const {
        runs: { twin },
      } = store.get();
      if (twin) store.set({ runs: { twin: { ...twin, name, refusal: null } } });
    },
    /** @param {string} typed */
    editTwin(typed) {
      const {
        runs: { twin },
      } = store.get();
      if (twin) store.set({ runs: { twin: { ...twin, typed, refusal: null } } });
    },
    async createTwin() {
      const {
        runs: { twin },
      } = store.get();
      if (!twin) return;
      const refuse = (/** @type {string} */ message) => {
        const target = message.startsWith("name ") ? "twin_name" : "twin_value";
        store.set({ runs: { twin: { ...twin, refusal: { field: target, message } } }, page: { focus: { target } } });
      };
      const { id, field, typed } = twin;
      const run = store.get().runs.list.find((candidate) => candidate.id === id);
      const setting = twinSetting(field);
      const value = settingTyped(setting, typed);
      if (run && value === twinValue(run, setting)) return refuse(SAME);
      const changes = /** @type {Params<"twin_run">["changes"]} */ ({ [field]: value });
      try {
        const name = run ? trimName(twinName(twin, run)) : "";
        const params = { id, changes, ...(name ? { name } : {}) };
        await makeOne(() => perform("twin_run", params), "Play trains both in step.");
        if (store.get().page.dialog === "twin") store.set({ page: { dialog: null }, runs: { twin: null } });
      } catch (error) {
        refuse(/** @type {Error} */ (error).message);
      }
    },
  };
}

/** The name in the form: as typed, or "Run 1, learning rate 0.3". @param {TwinDraft} draft @param {RunSummary} run @returns {string} */
export function twinName({ field, typed, name }, run) {
  if (name !== null) return name;
  const { label, choices } = twinSetting(field);
  const ending = `, ${label.charAt(0).toLowerCase()}${label.slice(1)} ${choices?.[typed] ?? typed}`;
  const room = Math.max(1, MAX_CHARACTERS - ending.length);
  return `${[...run.name].slice(0, room).join("")}${ending}`.slice(0, MAX_CHARACTERS);
}

/**
 * @param {Store} store
 * @param {string} id
 * @param {string} field
 * @param {string | null} [name]
 * @returns {TwinDraft | null}
 */
function draftOf(store, id, field, name = null) {
  const run = store.get().runs.list.find((candidate) => candidate.id === id);
  const setting = twinSetting(field);
  return run ? { id, field, typed: settingText(setting, twinValue(run, setting)), name, refusal: null } : null;
}

/** @param {string} name  of a setting in which twins may differ */
export const twinSetting = (name) =>
  /** @type {SettingWords} */ (twinSettings().find((setting) => setting.name === name));

/** @param {RunSummary} run @param {SettingWords} setting @returns {any} */
export const twinValue = ({ config: { trainer, model } }, { section, name }) =>
  /** @type {Record<string, unknown>} */ (section === "model" ? model : trainer)[name];
