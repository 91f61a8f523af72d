/** The pass that is gone through phase by phase: computed, kept, and said. */

import { shown } from "../panels/state.js";
import { isUnderWay, lastStep } from "./state.js";

/** @import { Phases, RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { PhaseProgress } from "./state.js" */

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {(method: "train_batch", params: {update: boolean}) => Promise<unknown>} outside.perform
 * @param {Attempt} outside.attempt
 * @param {() => void} outside.closeWhy
 */
export function createPass(store, { call, perform, attempt, closeWhy }) {
  /** Whether this feature is changing the pass on screen. */
  let own = false;

  /** @param {Partial<PhaseProgress>} changes */
  function set(changes) {
    const {
      phases: { phasing },
    } = store.get();
    if (!phasing) return;
    const next = { ...phasing, ...changes };
    const announcement = isUnderWay(next) ? spoken(next) : "";
    store.set({ phases: { phasing: next }, ...(announcement ? { page: { announcement } } : {}) });
  }

  /**
   * @param {boolean} update
   * @param {string} problem
   * @param {Partial<PhaseProgress>} then changes afterwards
   */
  async function pass(update, problem, then) {
    if (own) return;
    own = true;
    await attempt(problem, async () => {
      await perform("train_batch", { update });
      const answer = await call("phases");
      set({ answer, ...then });
    });
    own = false;
    const {
      phases: { phasing },
    } = store.get();
    if (phasing && !isUnderWay(phasing)) store.set({ phases: { phasing: null } });
  }

  /** @param {boolean} layered */
  async function begin(layered) {
    const {
      page: { boot },
      run,
    } = store.get();
    if (boot !== "ready" || !run || own) return;
    closeWhy();
    const config = configOf(run);
    store.set({ phases: { phasing: { answer: null, config, layered, done: 0, from: 0, face: "change" } } });
    store.set(shown("explain"));
    await pass(false, "The batch could not be computed", { done: 1, from: 0 });
  }

  return { set, pass, begin, isOwn: () => own };
}

/** The settings that determine the next batch and its loss. @param {RunSummary} run */
export const configOf = ({ config: { trainer } }) => `${trainer.loss_type} ${trainer.batch_size}`;

/** @param {PhaseProgress & {answer: Phases}} phasing */
function spoken(phasing) {
  const { described } = lastStep(phasing);
  return `${described.title}. ${described.sentence}`;
}
