/** Progress as a file: export, import, reset. */

import { saveAs } from "../ui/save_file.js";
import { CLOSED } from "./state.js";

/** @import { Progress } from "../api.d.ts" */
/** @import { Tools } from "./actions.js" */

const FORMAT = { format: "backprop-progress", version: 1 };
/** Bytes; Python's limit is the same. */
const MAX_BYTES = 8_000_000;

/** @param {Tools} tools */
export function createProgressActions({ get, set, call, attempt, keeper, announce, focus }) {
  /** A file that waits for an answer. @type {Progress | null} */
  let read = null;

  return {
    /** @param {string} learner */
    nameLearner: (learner) => keeper.replace(learner.slice(0, 100), { ...get().progress }),
    exportProgress() {
      const { learner, progress } = get();
      const content = { ...FORMAT, name: learner, tasks: progress };
      const name = `progress${learner ? `-${plain(learner)}` : ""}.json`;
      saveAs(name, new TextEncoder().encode(`${JSON.stringify(content, null, 1)}\n`));
      announce(`Downloaded ${name}.`);
    },
    /** Read a file, then ask whether it shall replace the progress here. @param {File | undefined} file */
    importProgress: (file) =>
      attempt("The progress could not be imported", async () => {
        if (!file) return;
        if (file.size > MAX_BYTES) throw new Error(`A progress file must have at most ${MAX_BYTES} bytes`);
        read = await call("read_progress", { text: await file.text() });
        set({ asking: "import" });
        focus("question");
      }),
    replaceProgress: () =>
      attempt("The progress could not be imported", async () => {
        if (!read) return;
        const { name, tasks } = read;
        read = null;
        await keeper.replace(name, tasks);
        set({ ...CLOSED, opened: null });
        focus("exercises");
        announce("Progress imported.");
      }),
    resetProgress: () =>
      attempt("The progress could not be reset", async () => {
        await keeper.replace("", {});
        set({ ...CLOSED, opened: null });
        focus("exercises");
        announce("Progress reset.");
      }),
  };
}

/** A name as a part of a file's name. @param {string} name */
const plain = (name) => name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "learner";
