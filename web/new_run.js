/** The New run form: it is planned by Python while it is typed, and made by Python when it is sent. */

import { configOf, draftOf } from "./draft.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * @param {Store} store
 * @param {{call: import("./rpc.js").Client["call"], perform: import("./actions.js").Actions["perform"]}} python
 */
export function createNewRun(store, { call, perform }) {
  let planning = false;

  /** Ask what the draft comes to; while one answer is awaited, only the newest draft is asked about next. */
  async function plan() {
    if (planning) return;
    planning = true;
    let asked;
    while (asked !== store.get().draft) {
      asked = store.get().draft;
      await call("plan_run", { config: configOf(asked) }).then(
        (answer) => store.set({ plan: answer, draft_refusal: null }),
        (error) => store.set({ plan: null, draft_refusal: refusal(error.message) }),
      );
    }
    planning = false;
  }

  /** Every field of the form is named "section.name", and so begins the sentence about it. @param {string} message */
  function refusal(message) {
    const field = message.split(" ", 1)[0];
    return { field: field in store.get().draft ? field : "", typed: "", message };
  }

  return {
    /** What the form holds before anything is typed. @param {import("./api.d.ts").Plan} answer */
    suggest(answer) {
      if (Object.keys(store.get().draft).length === 0) store.set({ draft: draftOf(answer.config), plan: answer });
    },
    actions: {
      async open_new_run() {
        store.set({ dialog: "new_run" });
        if (store.get().presets.length === 0) store.set({ presets: await call("presets") });
        return plan();
      },
      /** Fill the form with a config to start from. @param {string} preset  its name; what is typed stays where there is none */
      async start_from(preset) {
        const chosen = store.get().presets.find(({ name }) => name === preset);
        if (!chosen) return store.set({ draft: { ...store.get().draft, preset } });
        const { config } = await call("plan_run", { config: chosen.config });
        store.set({ draft: { ...draftOf(config), name: chosen.title, preset } });
        return plan();
      },
      /** @param {string} field @param {string} text */
      edit_draft(field, text) {
        store.set({ draft: { ...store.get().draft, [field]: text } });
        return plan();
      },
      async create_run() {
        const { draft } = store.get();
        const name = draft.name.trim();
        const params = { config: configOf(draft), ...(name ? { name } : {}) };
        try {
          await perform("create_run", params);
          store.set({ dialog: null, draft_refusal: null, draft: { ...draft, name: "" }, focus: { target: "new_run" } });
        } catch (error) {
          const draft_refusal = refusal(/** @type {Error} */ (error).message);
          store.set({ draft_refusal, focus: { target: draft_refusal.field || "create_run" } });
        }
      },
      close_dialog: () => store.set({ dialog: null }),
    },
  };
}
