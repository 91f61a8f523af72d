/** The Code panel as a feature; files and editor are loaded when it is first opened. */

import { MATHEMATICS } from "../explain/mathematics.js";
import { isShown, shown } from "../panels/state.js";
import { initialCode } from "./state.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */

/**
 * @param {Store} store
 * @param {{call: Client["call"], attempt: Attempt}} outside
 */
export function createCode(store, { call, attempt }) {
  let isOpening = false;

  /** Load the editor and the files, once. */
  async function open() {
    isOpening = true;
    await attempt("The code could not be opened", async () => {
      const [{ Editor }, ...sources] = await Promise.all([
        import("./editor.js"),
        ...MATHEMATICS.map((file) => call("source", { file })),
      ]);
      store.set({ code: { editor: Editor, files: sources.map(({ file, text }) => ({ file, ours: text })) } });
    });
    isOpening = false;
  }

  /** Whether the panel was shown before. */
  let wasShown = false;
  store.subscribe((state) => {
    const isNow = isShown(state, "code") && state.page.boot === "ready";
    const isNew = isNow && !wasShown;
    wasShown = isNow;
    if (isNew && !state.code.editor && !isOpening) open();
  });

  return {
    name: /** @type {const} */ ("code"),
    initial: initialCode(),
    actions: {
      /** @param {string} file */
      choose: (file) => store.set({ code: { file, place: null } }),
      /** Show a line of a file in the panel. @param {string} file @param {number} line */
      showLine(file, line) {
        store.set({ ...shown("code"), code: { file, place: { file, line } } });
      },
    },
  };
}
