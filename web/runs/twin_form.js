/** The Twin form as actions: open it, choose the setting that differs, and create the twin. */

import { settingTyped } from "../config/form.js";
import { settingText } from "../config/optimizers_text.js";

/** @import { Params, RunSummary } from "../api.d.ts" */
/** @import { Setting } from "../config/optimizers_text.js" */
/** @import { Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** The Twin form: its run, the differing setting, and the typed value. @typedef {{id: string, field: TwinField, typed: string, refusal: string | null}} TwinDraft */
/** @typedef {"learning_rate" | "batch_size" | "loss_type" | "activation" | "optimizer" | Setting} TwinField */

const SAME = "Same value as in the original run: choose another one, or use Duplicate for a copy.";

/**
 * @param {Store} store
 * @param {{perform: Perform, makeOne: (make: () => Promise<RunSummary[]>, words: string) => Promise<void>}} outside
 */
export function createTwinForm(store, { perform, makeOne }) {
  return {
    /** @param {string} id @param {TwinField} [field] @param {string} [typed]  a suggestion */
    openTwin(id, field = "learning_rate", typed) {
      const twin = draftOf(store, id, field);
      if (twin) store.set({ page: { dialog: "twin" }, runs: { twin: { ...twin, typed: typed ?? twin.typed } } });
    },
    /** @param {TwinField} field */
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
      if (run && settingTyped(field, typed) === settingOf(run, field)) return refuse(SAME);
      const changes = /** @type {Params<"twin_run">["changes"]} */ ({ [field]: settingTyped(field, typed) });
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
 * @param {TwinField} field
 * @returns {TwinDraft | null}
 */
function draftOf(store, id, field) {
  const run = store.get().runs.list.find((candidate) => candidate.id === id);
  if (!run) return null;
  return { id, field, typed: settingText(settingOf(run, field)), refusal: null };
}

/** @param {RunSummary} run @param {TwinField} field @returns {any} */
export const settingOf = ({ config: { trainer, model } }, field) =>
  field === "activation" ? model.activation : trainer[field];
