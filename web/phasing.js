/**
 * Phase by phase: the next batch is computed as it would be in training, and then revealed part by part. Its last part, the update,
 * is made when it is its turn: a training step on the very same batch. Whatever else changes the pass on screen ends this.
 */

import { isUnderWay, isUpdateNext, lastStep, lastStop, momentsOf, nextStop } from "./phases.js";

/** @typedef {import("./phases.js").Phasing} Phasing */
/** @typedef {import("./phases.js").Face} Face */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */

/** The elements that get the keyboard when it begins, and when it ends. */
const NEXT = "next_phase";
const BEGIN = "phases";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {import("./rpc.js").Client["call"]} outside.call
 * @param {(method: "train_batch", params: {update: boolean}) => Promise<unknown>} outside.perform
 * @param {(title: string, deed: () => Promise<unknown>) => Promise<void>} outside.attempt
 * @param {() => void} outside.closeWhy
 */
export function createPhasing(store, { call, perform, attempt, closeWhy }) {
  /** Whether the pass on screen is changed from here. */
  let own = false;

  /** @param {Partial<Phasing>} changes */
  function set(changes) {
    const { phasing } = store.get();
    if (!phasing) return;
    const next = { ...phasing, ...changes };
    const said = isUnderWay(next) ? spoken(next) : "";
    store.set({ phasing: next, ...(said ? { said } : {}) });
  }

  /** @param {boolean} update @param {string} problem @param {Partial<Phasing>} then what has come of it */
  async function pass(update, problem, then) {
    if (own) return;
    own = true;
    await attempt(problem, async () => {
      await perform("train_batch", { update });
      const answer = await call("phases");
      set({ answer, ...then });
    });
    own = false;
    const { phasing } = store.get();
    if (phasing && !isUnderWay(phasing)) store.set({ phasing: null });
  }

  /** @param {boolean} layered */
  async function begin(layered) {
    const { boot, run } = store.get();
    if (boot !== "ready" || !run || own) return;
    closeWhy();
    const config = configOf(run);
    store.set({ phasing: { answer: null, config, layered, done: 0, from: 0, face: "after" } });
    await pass(false, "The batch could not be computed", { done: 1, from: 0 });
  }

  return {
    /**
     * The pass on screen is this one now.
     * @param {{run_id: string, step: number, batch: Int32Array}} pass @param {State["run"]} run
     * @returns {Partial<State>}
     */
    follow({ run_id, step, batch }, run) {
      const { phasing } = store.get();
      if (!phasing || own) return {};
      const { answer, config } = phasing;
      const isSame = answer?.run_id === run_id && answer.step === step && String(answer.batch) === String(batch);
      return isSame && run && configOf(run) === config ? {} : { phasing: null };
    },

    actions: {
      async start_phases() {
        await begin(store.get().phasing?.layered ?? false);
        store.set({ focus: { target: NEXT } });
      },
      async next_phase() {
        const { phasing, mode } = store.get();
        if (!phasing) return begin(false);
        if (!isUnderWay(phasing) || own) return;
        const { answer, done, layered } = phasing;
        if (done === momentsOf(answer).length) return begin(layered);
        if (!isUpdateNext(phasing)) return set({ from: done, done: nextStop(phasing) });
        if (mode === "visualize") return store.set({ said: "Visualize only: there is no update." });
        await pass(true, "The update could not be made", { from: done, done: done + 1 });
      },
      last_phase() {
        const { phasing } = store.get();
        if (!phasing || !isUnderWay(phasing) || phasing.done === 1 || phasing.answer.changes) return;
        const done = lastStop(phasing);
        set({ done, from: done === 1 ? 0 : lastStop({ ...phasing, done }) });
      },
      /** @param {boolean} hasKeyboard whether the keyboard is in what closes */
      leave_phases(hasKeyboard) {
        store.set({ phasing: null, ...(hasKeyboard ? { focus: { target: BEGIN } } : {}) });
      },
      /** @param {boolean} layered */
      set_layered(layered) {
        const { phasing } = store.get();
        if (phasing) store.set({ phasing: { ...phasing, layered } });
      },
      /** @param {Face} face */
      show_parameters(face) {
        const { phasing } = store.get();
        if (phasing) store.set({ phasing: { ...phasing, face } });
      },
      not_computed_yet: () => store.set({ said: "This has not been computed yet." }),
    },
  };
}

/** What decides which batch is next, and its loss. @param {import("./api.d.ts").RunSummary} run */
const configOf = ({ config: { trainer } }) => `${trainer.loss_type} ${trainer.batch_size}`;

/** @param {Phasing & {answer: import("./api.d.ts").Phases}} phasing */
function spoken(phasing) {
  const { told } = lastStep(phasing);
  return `${told.title}. ${told.sentence}`;
}
