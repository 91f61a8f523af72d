/** The Code panel as a feature: the person's own copies, Run, and the check of the gradients. */

import { isShown, shown } from "../panels/state.js";
import { distrust, trust } from "../saving/trust.js";
import { createCheck } from "./check.js";
import { createCopies } from "./copies.js";
import { initialCode } from "./state.js";
import { checkWords, RAN, STOPPED } from "./text.js";

/** @import { RunCode } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Fresh, Store } from "../page/store.js" */

/**
 * @param {Store} store
 * @param {{call: Client["call"], perform: Perform, attempt: Attempt, restart: () => Promise<void>}} outside
 */
export function createCode(store, { call, perform, attempt, restart }) {
  const current = () => store.get().code;
  const copies = createCopies(store, { perform, attempt });
  const check = createCheck(store, { call, perform, attempt });
  openWhenShown(store, { attempt, read });
  /** Whether Python has started again since the last answer. */
  let isOld = false;

  /** Read the code of the active run; what is typed meanwhile stays. */
  async function read() {
    const answer = await call("code");
    isOld = false;
    if (store.get().run?.id === answer.run_id) take(answer);
  }

  /** @param {RunCode} answer */
  function take(answer) {
    if (answer.trained_by === "mine") trust(answer.version); // it has run here
    const isOther = answer.run_id !== current().answer?.run_id;
    store.set({
      code: isOther ? { answer, typed: {}, reverted: null, compared: null, differences: null } : { answer },
    });
  }

  /** Load the drafts of a run. @param {string} id */
  async function load(id) {
    try {
      const answer = await perform("run_code", { id });
      take(answer);
      store.set({ page: { announcement: RAN[answer.trained_by] } });
      check.soon();
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "LearnerError") throw error;
      await read(); // with the failure
      store.set({ page: { announcement: checkWords.failure(current().answer) } });
    }
  }

  return {
    name: /** @type {const} */ ("code"),
    initial: initialCode(),
    /** Read the code of another run, or what has changed in it. @param {Fresh} fresh */
    follow({ run }) {
      const { code, training } = store.get();
      if (!run || (!code.editor && run.code.trained_by === "ours")) return undefined;
      return (!isOld && isKnown(code.answer, run, training.playing) ? Promise.resolve() : read()).then(check.follow);
    },
    actions: {
      ...copies.actions,
      ...check.actions,
      /** @param {string} file */
      choose: (file) => store.set({ code: { file, place: null } }),
      /** Show a line of a file in the panel. @param {string} file @param {number} line */
      showLine: (file, line) => store.set({ ...shown("code"), code: { file, place: { file, line } } }),
      toggleDiff: () => store.set({ code: { isDiff: !current().isDiff } }),
      /** Train the run with the drafts from its next step on, and check their gradients. */
      async run() {
        const { answer, busy } = current();
        if (!answer || busy === "run") return;
        check.cancel();
        store.set({ code: { busy: "run", isStopped: false } });
        await attempt("The code could not be run", async () => {
          await copies.flush();
          await load(answer.run_id);
        });
        store.set({ code: { busy: null } });
      },
      /** End Python at once; every run comes back as it was saved. */
      async stop() {
        await restart();
        store.set({ code: { isStopped: true }, page: { announcement: STOPPED } });
      },
    },
    /** Python has ended, perhaps by this code: if it was at work, it waits until the next Run. */
    stopped() {
      const { code, training, page } = store.get();
      const atWork = code.busy === "check" || (code.busy === null && (training.playing || page.busy !== null));
      if (code.answer?.trained_by === "mine" && atWork) distrust(code.answer.version);
      check.cancel();
      isOld = true;
    },
  };
}

/**
 * Whether an answer is still that of a run. The person's code may fail at any step.
 * @param {RunCode | null} answer @param {import("../api.d.ts").RunSummary} run @param {boolean} playing
 */
function isKnown(answer, { id, code: { trained_by, edited } }, playing) {
  if (answer?.run_id !== id || answer.trained_by !== trained_by || answer.edited !== edited) return false;
  return trained_by !== "mine" || playing;
}

/**
 * Load the editor when the panel is first shown.
 * @param {Store} store
 * @param {{attempt: Attempt, read: () => Promise<void>}} outside
 */
function openWhenShown(store, { attempt, read }) {
  let isOpening = false;
  let wasShown = false;

  async function open() {
    isOpening = true;
    await attempt("The code could not be opened", async () => {
      const { Editor } = await import("./editor.js");
      await read();
      store.set({ code: { editor: Editor } });
    });
    isOpening = false;
  }

  store.subscribe((state) => {
    const isNow = isShown(state, "code") && state.page.boot === "ready";
    const isNew = isNow && !wasShown;
    wasShown = isNow;
    if (isNew && !state.code.editor && !isOpening) open();
  });
}
