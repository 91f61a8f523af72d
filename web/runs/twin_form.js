/** The Twin form as actions: open it, choose the setting that differs, and create the twin. */

import { settingText, settingTyped } from "../config/kinds.js";
import { twinSettings } from "../config/schema.js";

/** @import { Params, RunSummary, SettingWords } from "../api.d.ts" */
/** @import { Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** The Twin form: its run, the differing setting, and the typed value. @typedef {{id: string, field: string, typed: string, refusal: string | null}} TwinDraft */

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
      if (twin) store.set({ runs: { twin: draftOf(store, twin.id, field) } });
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
      const refuse = (/** @type {string} */ refusal) =>
        store.set({ runs: { twin: { ...twin, refusal } }, page: { focus: { target: "twin_value" } } });
      const { id, field, typed } = twin;
      const run = store.get().runs.list.find((candidate) => candidate.id === id);
      const setting = twinSetting(field);
      const value = settingTyped(setting, typed);
      if (run && value === twinValue(run, setting)) return refuse(SAME);
      const changes = /** @type {Params<"twin_run">["changes"]} */ ({ [field]: value });
      try {
        await makeOne(() => perform("twin_run", { id, changes }), "Play trains both in step.");
        if (store.get().page.dialog === "twin") store.set({ page: { dialog: null }, runs: { twin: null } });
      } catch (error) {
        refuse(/** @type {Error} */ (error).message);
      }
    },
  };
}

/**
 * @param {Store} store
 * @param {string} id
 * @param {string} field
 * @returns {TwinDraft | null}
 */
function draftOf(store, id, field) {
  const run = store.get().runs.list.find((candidate) => candidate.id === id);
  const setting = twinSetting(field);
  return run ? { id, field, typed: settingText(setting, twinValue(run, setting)), refusal: null } : null;
}

/** @param {string} name  of a setting in which twins may differ */
export const twinSetting = (name) =>
  /** @type {SettingWords} */ (twinSettings().find((setting) => setting.name === name));

/** @param {RunSummary} run @param {SettingWords} setting @returns {any} */
export const twinValue = ({ config: { trainer, model } }, { section, name }) =>
  /** @type {Record<string, unknown>} */ (section === "model" ? model : trainer)[name];
