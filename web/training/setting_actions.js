/** Settings of the active run, as they are typed or chosen. */

import { settingTyped, stoppingValue } from "../config/form.js";
import { asTyped } from "../ui/typed.js";

/** @import { LossType } from "../api.d.ts" */
/** @import { Commit } from "../config/fields.js" */
/** @import { Setting } from "../config/optimizers_text.js" */
/** @import { Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */

/** @param {Store} store @param {{perform: Perform, commit: Commit}} outside */
export function createSettingActions(store, { perform, commit }) {
  return {
    /** The value in force stands in the field again. @param {string} field */
    forgetRefusal(field) {
      const { [field]: _, ...refusals } = store.get().training.refusals;
      store.set({ training: { refusals } });
    },

    /** @param {string} typed */
    setLearningRate: (typed) =>
      commit("learning_rate", typed, () =>
        perform("trainer_config", { learning_rate: /** @type {number} */ (asTyped(typed, "learning_rate")) }),
      ),
    /** @param {string} typed */
    setBatchSize: (typed) =>
      commit("batch_size", typed, () =>
        perform("update_batch_size", { batch_size: /** @type {number} */ (asTyped(typed, "batch_size")) }),
      ),
    /** @param {string} chosen */
    setLossType: (chosen) =>
      commit("loss_type", chosen, () => perform("update_loss_type", { loss_type: /** @type {LossType} */ (chosen) })),
    /** @param {"optimizer" | Setting} field @param {string} typed */
    setOptimizer: (field, typed) =>
      commit(field, typed, () => perform("trainer_config", { [field]: settingTyped(field, typed) })),
    /** @param {string} name  of a field that `stopping_config` knows @param {string} typed */
    setStopping: (name, typed) =>
      commit(`stopping.${name}`, typed, () => perform("stopping_config", { [name]: stoppingValue(name, typed) })),
  };
}
