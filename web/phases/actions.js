/**
 * Phase by phase as a feature: compute the next batch, then reveal it phase by phase.
 *
 * The last phase, the update, is a training step on the same batch. Anything else that changes the pass
 * on screen ends this.
 */

import { configOf, createPass } from "./pass.js";
import { isUnderWay, isUpdateNext, lastStop, momentsOf, nextStop } from "./state.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */
/** @import { ParameterView, PhaseProgress } from "./state.js" */

/** @typedef {{phasing: PhaseProgress | null}} PhasesState  the batch shown phase by phase */

/** The elements focused at its start and at its end. */
const NEXT = "next_phase";
const BEGIN = "phases";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {(method: "train_batch", params: {update: boolean}) => Promise<unknown>} outside.perform
 * @param {Attempt} outside.attempt
 * @param {() => void} outside.closeWhy
 */
export function createPhases(store, { call, perform, attempt, closeWhy }) {
  const { set, pass, begin, isOwn } = createPass(store, { call, perform, attempt, closeWhy });

  return {
    name: /** @type {const} */ ("phases"),
    /** @type {PhasesState} */
    initial: { phasing: null },
    /** @param {Fresh} fresh @returns {Patch} */
    follow({ state: { run_id, step, batch }, run }) {
      const {
        phases: { phasing },
      } = store.get();
      if (!phasing || isOwn()) return {};
      const { answer, config } = phasing;
      const isSame = answer?.run_id === run_id && answer.step === step && String(answer.batch) === String(batch);
      return isSame && run && configOf(run) === config ? {} : { phases: { phasing: null } };
    },

    actions: {
      /** Decided when it is pressed, not when the button was drawn. */
      async startOrLeave() {
        if (store.get().phases.phasing) return store.set({ phases: { phasing: null }, page: { dialog: null } });
        await begin(false);
        store.set({ page: { dialog: null, focus: { target: NEXT } } }); // the button also stands in the settings
      },
      async next() {
        const {
          phases: { phasing },
          training: { mode },
        } = store.get();
        if (!phasing) return begin(false);
        if (!isUnderWay(phasing) || isOwn()) return;
        const { answer, done, layered } = phasing;
        if (done === momentsOf(answer).length) return begin(layered);
        if (!isUpdateNext(phasing)) return set({ from: done, done: nextStop(phasing) });
        if (mode === "visualize") return store.set({ page: { announcement: "Visualize only: there is no update." } });
        await pass(true, "The update could not be made", { from: done, done: done + 1 });
      },
      back() {
        const {
          phases: { phasing },
        } = store.get();
        if (!phasing || !isUnderWay(phasing) || phasing.done === 1 || phasing.answer.changes) return;
        const done = lastStop(phasing);
        set({ done, from: done === 1 ? 0 : lastStop({ ...phasing, done }) });
      },
      leave: () => store.set({ phases: { phasing: null }, page: { focus: { target: BEGIN } } }),
      /** @param {boolean} layered */
      setLayered(layered) {
        const {
          phases: { phasing },
        } = store.get();
        if (phasing) store.set({ phases: { phasing: { ...phasing, layered } } });
      },
      /** @param {ParameterView} face */
      showParameters(face) {
        const {
          phases: { phasing },
        } = store.get();
        if (phasing) store.set({ phases: { phasing: { ...phasing, face } } });
      },
      sayNotComputed: () => store.set({ page: { announcement: "This has not been computed yet." } }),
    },
  };
}
