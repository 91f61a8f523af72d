/** Fields of the active run: a value is passed to Python as it was typed, and what Python refuses stays there with its sentence. */

import { asTyped, settingTyped, stoppingValue } from "./draft.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./actions.js").Actions["perform"]} Perform */

/** @param {Store} store @param {Perform} perform */
export function createFields(store, perform) {
  let commits = 0;
  /** The newest commit of each field. @type {Map<string, number>} */
  const newest = new Map();

  /**
   * Until Python has answered, the field shows what was typed: the answer to an older value must not take its place.
   * @param {string} field @param {string} typed @param {() => Promise<unknown>} deed
   */
  async function commit(field, typed, deed) {
    const mine = ++commits;
    newest.set(field, mine);
    store.set({ committing: { ...store.get().committing, [field]: typed } });
    const message = await deed().then(
      () => null,
      (/** @type {Error} */ error) => error.message,
    );
    if (newest.get(field) !== mine) return false;
    const { [field]: _, ...committing } = store.get().committing;
    const { [field]: __, ...refusals } = store.get().refusals;
    store.set({ committing, refusals: message === null ? refusals : { ...refusals, [field]: { typed, message } } });
    return message === null;
  }

  return {
    /** @param {string} typed */
    set_learning_rate: (typed) =>
      commit("learning_rate", typed, () =>
        perform("trainer_config", { learning_rate: /** @type {number} */ (asTyped(typed)) }),
      ),
    /** @param {string} typed */
    set_batch_size: (typed) =>
      commit("batch_size", typed, () =>
        perform("update_batch_size", { batch_size: /** @type {number} */ (asTyped(typed)) }),
      ),
    /** @param {string} chosen */
    set_loss_type: (chosen) =>
      commit("loss_type", chosen, () =>
        perform("update_loss_type", { loss_type: /** @type {import("./api.d.ts").LossType} */ (chosen) }),
      ),

    /** @param {"optimizer" | import("./optimizers.js").Setting} field @param {string} typed */
    set_optimizer: (field, typed) =>
      commit(field, typed, () => perform("trainer_config", { [field]: settingTyped(field, typed) })),
    /** When to stop. @param {string} name @param {string} typed  of a field that `stopping_config` knows */
    set_stopping: (name, typed) =>
      commit(`stopping.${name}`, typed, () => perform("stopping_config", { [name]: stoppingValue(name, typed) })),

    /** Edit the name of a run in its place. @param {string | null} id */
    edit_name(id) {
      const { renaming, refusals } = store.get();
      const { name: _, ...others } = refusals;
      store.set({ renaming: id, refusals: others, focus: { target: id ? "name" : `rename-${renaming}` } });
    },
    /** @param {string} id @param {string} name */
    async rename(id, name) {
      if (store.get().renaming !== id) return;
      const done = await commit("name", name, () => perform("rename_run", { id, name }));
      store.set(done ? { renaming: null, focus: { target: `rename-${id}` } } : { focus: { target: "name" } });
    },
  };
}
