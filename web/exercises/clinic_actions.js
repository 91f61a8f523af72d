/** Actions of the bug clinic: watch a case train, and name the mistake. */

/** @import { Tools } from "./actions.js" */

/** @param {Tools} tools */
export function createClinic({ get, set, call, attempt }) {
  const change = (/** @type {object} */ changes) =>
    set({ diagnosis: { ...get().diagnosis, answer: null, ...changes } });
  return {
    /** Name a tensor, or no longer. @param {string} tensor @param {boolean} isWrong */
    nameTensor(tensor, isWrong) {
      const others = get().diagnosis.tensors.filter((each) => each !== tensor);
      change({ tensors: isWrong ? [...others, tensor] : others });
    },
    /** @param {string} line */
    nameLine: (line) => change({ line }),
    diagnose: () =>
      attempt("The diagnosis could not be compared", async () => {
        const { opened, diagnosis } = get();
        if (!opened) return;
        const { tensors, line } = diagnosis;
        const asked = { number: opened.number, tensors: [...tensors], line: Number(line) || 0 };
        change({ answer: await call("diagnose_case", asked) });
      }),
  };
}
