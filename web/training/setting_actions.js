/** Settings of the active run, as they are typed or chosen. */

import { settingTyped } from "../config/kinds.js";
import { asTyped } from "../ui/typed.js";

/** @import { LossType, SettingWords } from "../api.d.ts" */
/** @import { Commit } from "../config/fields.js" */
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
    /** @param {SettingWords} setting  of the trainer @param {string} typed */
    setTrainer: (setting, typed) =>
      commit(setting.name, typed, () => perform("trainer_config", changeOf(setting, typed))),
    /** @param {SettingWords} setting  of stopping @param {string} typed */
    setStopping: (setting, typed) =>
      commit(`stopping.${setting.name}`, typed, () => perform("stopping_config", changeOf(setting, typed))),
  };
}

/** @param {SettingWords} setting @param {string} typed @returns {Record<string, any>} */
const changeOf = (setting, typed) => ({ [setting.name]: settingTyped(setting, typed) });
