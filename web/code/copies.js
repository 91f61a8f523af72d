/** The person's own copies of the files: typing, and the way back to ours. */

import { Drafts } from "./drafts.js";
import { isChanged, textOf } from "./state.js";
import { REVERTED } from "./text.js";

/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */

/** @param {Store} store @param {{perform: Perform, attempt: Attempt}} outside */
export function createCopies(store, { perform, attempt }) {
  const current = () => store.get().code;
  const drafts = new Drafts(keep);

  /** Keep a draft with its run. @param {string} run @param {string} file @param {string} text */
  async function keep(run, file, text) {
    const ours = current().answer?.files.find((each) => each.file === file)?.ours;
    await attempt("The draft could not be saved", async () => {
      const answer = await perform("edit_code", { id: run, file, text: text === ours ? null : text });
      if (current().answer?.run_id !== run) return;
      const { [file]: typed, ...others } = current().typed;
      store.set({ code: { answer, ...(typed === text ? { typed: others } : {}) } });
    });
  }

  return {
    /** Keep what is typed now. */
    flush: () => drafts.flush(),
    actions: {
      /** Make the files editable. */
      copy: () => store.set({ code: { copying: current().answer?.run_id ?? null } }),
      /** @param {string} file @param {string} text */
      type(file, text) {
        const { answer, typed } = current();
        if (!answer) return;
        store.set({ code: { typed: { ...typed, [file]: text }, reverted: null } });
        drafts.type(answer.run_id, file, text);
      },
      /** Take a file back to ours, or all; can be undone. @param {string} [file] */
      async revert(file) {
        const { answer } = current();
        if (!answer) return;
        const changed = answer.files.filter((each) => (file ?? each.file) === each.file && isChanged(current(), each));
        const texts = Object.fromEntries(changed.map((each) => [each.file, textOf(current(), each)]));
        drafts.drop(file);
        await drafts.flush();
        await attempt("The code could not be reverted", async () => {
          const reverted = await perform("revert_code", { id: answer.run_id, ...(file ? { file } : {}) });
          store.set({
            code: { answer: reverted, typed: {}, copying: answer.run_id, reverted: { run: answer.run_id, texts } },
            page: { announcement: REVERTED(Object.keys(texts)) },
          });
        });
      },
      /** Take back the last revert. */
      async undoRevert() {
        const { reverted } = current();
        if (!reverted) return;
        store.set({ code: { reverted: null } });
        for (const [file, text] of Object.entries(reverted.texts)) await keep(reverted.run, file, text);
      },
    },
  };
}
