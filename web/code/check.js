/** The check of the gradients, its matrices of differences, and the comparison with the twin. */

import { checkOf, differencesShown, otherOf } from "./state.js";
import { checkWords, comparisonWords } from "./text.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */

/** Time between a run of the code and its check, in which the next run may begin. Milliseconds. */
const PAUSE = 250;

/** @param {Store} store @param {{call: Client["call"], perform: Perform, attempt: Attempt}} outside */
export function createCheck(store, { call, perform, attempt }) {
  const current = () => store.get().code;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** Check the code that trains the active run. */
  async function check() {
    const { answer, busy } = current();
    if (!answer || answer.trained_by === "waiting" || busy) return;
    const { run_id: id, version } = answer;
    store.set({ code: { busy: "check" } });
    await attempt("The gradients could not be checked", async () => {
      const found = { ...(await perform("check_code", { id })), version };
      store.set({
        code: { checks: { ...current().checks, [id]: found }, differences: null },
        page: { announcement: checkWords.announced(found) },
      });
    });
    store.set({ code: { busy: null } });
    await readDifferences();
  }

  /** Read the matrices of differences, if the stage shows them. */
  async function readDifferences() {
    const { answer, isDifference } = current();
    const found = checkOf(current());
    if (!isDifference || !answer || !found || differencesShown(current(), answer.run_id)) return;
    const { run_id: id, version } = answer;
    await attempt("The differences could not be read", async () => {
      const matrices = [];
      for (const { tensor } of found.verdicts) matrices.push(await call("code_difference", { id, tensor }));
      store.set({ code: { differences: { run: id, version, matrices } } });
    });
  }

  /** Compare the active run with its twin that has the other code. */
  async function compare() {
    const { run } = store.get();
    const other = otherOf(store.get());
    const { compared } = current();
    if (!run || !other) return compared && store.set({ code: { compared: null } });
    const answer = await call("code_comparison", { id: run.id, other: other.id });
    store.set({ code: { compared: { run: run.id, other: other.id, answer } } });
  }

  function cancel() {
    clearTimeout(timer);
  }

  function soon() {
    cancel();
    timer = setTimeout(check, PAUSE);
  }

  return {
    cancel,
    soon,
    /** After a change: check code that this page has not checked yet, and compare again. */
    async follow() {
      const { answer } = current();
      if (!answer || store.get().training.playing) return;
      if (answer.trained_by === "mine" && !checkOf(current())) soon();
      await compare();
    },
    actions: {
      check,
      async toggleDifference() {
        store.set({ code: { isDifference: !current().isDifference } });
        await readDifferences();
      },
      /** Create a twin that our code trains. */
      async compareWithOurs() {
        const id = current().answer?.run_id;
        if (!id) return;
        await attempt("The twin could not be created", async () => {
          await perform("compare_with_ours", { id });
          await compare();
          store.set({ page: { announcement: comparisonWords(current().compared?.answer ?? null) } });
        });
      },
    },
  };
}
