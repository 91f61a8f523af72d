/** The New run form as a feature: planned by Python while it is typed, then created. */

import { configOf, draftOf } from "../config/form.js";
import { trimName } from "../files/run_name.js";

/** @import { Preset } from "../api.d.ts" */
/** @import { Draft } from "../config/form.js" */
/** @import { Client } from "../engine/client.js" */
/** @import { Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */

/** Name of the starting point that is no preset: the active run. */
export const FROM_RUN = "run";

/**
 * @typedef {object} NewRunState
 * @property {Draft} draft  the contents of the form
 * @property {import("../api.d.ts").Plan | null} plan   the plan of the draft
 * @property {{field: string, typed: string, message: string} | null} refusal
 * @property {Preset[]} presets   presets
 */

/**
 * @param {Store} store
 * @param {{call: Client["call"], perform: Perform, persist: () => void}} outside
 */
export function createNewRun(store, { call, perform, persist }) {
  let planning = false;
  /** Initial contents of the form: the suggested config, or that of the last created run. @type {Draft} */
  let start = {};

  /** Plan the draft; while an answer is pending, only the newest draft is planned next. */
  async function plan() {
    if (planning) return;
    planning = true;
    let asked;
    while (asked !== store.get().newRun.draft) {
      asked = store.get().newRun.draft;
      await call("plan_run", { config: configOf(asked) }).then(
        (answer) => store.set({ newRun: { plan: answer, refusal: null } }),
        (error) => store.set({ newRun: { plan: null, refusal: refusal(error.message) } }),
      );
    }
    planning = false;
  }

  /** Assign a refusal to its field: it begins with "section.name", the name of the field. @param {string} message */
  function refusal(message) {
    const field = message.split(" ", 1)[0];
    return { field: field in store.get().newRun.draft ? field : "", typed: "", message };
  }

  return {
    name: /** @type {const} */ ("newRun"),
    /** @type {NewRunState} */
    initial: { draft: {}, plan: null, refusal: null, presets: [] },
    /** Fill the untouched form with the suggested config. @param {import("../api.d.ts").Plan} answer */
    suggest(answer) {
      if (Object.keys(store.get().newRun.draft).length > 0) return;
      start = draftOf(answer.config);
      store.set({ newRun: { draft: start, plan: answer } });
    },
    actions: {
      async open() {
        store.set({ page: { dialog: "new_run" } });
        if (store.get().newRun.presets.length === 0) store.set({ newRun: { presets: await call("presets") } });
        return plan();
      },
      /** Fill the form with a preset or the settings of the active run. @param {string} preset  its name */
      async startFrom(preset) {
        const { newRun, run } = store.get();
        if (preset === FROM_RUN && run) {
          store.set({ newRun: { draft: { ...draftOf(run.config), preset } } });
          return plan();
        }
        const chosen = newRun.presets.find(({ name }) => name === preset);
        if (!chosen) return undefined;
        const { config } = await call("plan_run", { config: chosen.config });
        store.set({ newRun: { draft: { ...draftOf(config), name: chosen.title, preset } } });
        return plan();
      },
      /** @param {string} field @param {string} text */
      edit(field, text) {
        store.set({ newRun: { draft: { ...store.get().newRun.draft, [field]: text } } });
        return plan();
      },
      async create() {
        persist();
        const {
          newRun: { draft },
        } = store.get();
        const name = trimName(draft.name);
        const params = { config: configOf(draft), ...(name ? { name } : {}) };
        try {
          await perform("create_run", params);
          start = { ...draft, name: "" };
          store.set({ newRun: { refusal: null, draft: start } });
          if (store.get().page.dialog === "new_run")
            store.set({ page: { dialog: null, focus: { target: "new_run" } } });
        } catch (error) {
          const draftRefusal = refusal(/** @type {Error} */ (error).message);
          store.set({
            newRun: { refusal: draftRefusal },
            page: { focus: { target: draftRefusal.field, otherwise: "create_run" } },
          });
        }
      },
      /** Discard the draft. Closing the dialog, perhaps by mistake, keeps it. */
      cancel: () => store.set({ page: { dialog: null }, newRun: { draft: start, plan: null, refusal: null } }),
    },
  };
}
