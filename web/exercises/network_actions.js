/** Solutions that compute in a run, the end of the course, and cases of the clinic that train. */

import { attempted, solutionsOf } from "./state.js";
import { CAPSTONE_RUN, caseRun, isOwnSolution } from "./text.js";

/** @import { PartialRunConfig } from "../api.d.ts" */
/** @import { Store } from "../page/store.js" */
/** @import { Tools } from "./actions.js" */

/** In float64, rounding cannot hide a difference. @type {PartialRunConfig} */
const CAPSTONE_CONFIG = { model: { dtype: "float64" } };

/** @param {Store} store @param {Tools} tools */
export function createNetworkActions(store, tools) {
  const { get, set, call, perform, attempt, play, keeper, now, announce, focus } = tools;

  /** Let the active run be trained by these files. @param {{file: string, text: string}[]} files */
  async function use(files) {
    const { id = "" } = store.get().run ?? {};
    for (const { file, text } of files) await perform("edit_code", { id, file, text });
    await perform("run_code", { id });
    return id;
  }

  /** @param {string} name @param {PartialRunConfig} config @param {{file: string, text: string}[]} files */
  async function train(name, config, files) {
    await perform("create_run", { name, config });
    const id = await use(files);
    play(); // its promise ends with Play
    return id;
  }

  /** Compare the run of the capstone, once it has come to its last step. */
  store.subscribe(({ run, exercises: { capstoneRun, course } }) => {
    const hasArrived = run?.id === capstoneRun && (run?.step ?? 0) >= (course?.steps ?? Number.POSITIVE_INFINITY);
    if (!capstoneRun || !hasArrived) return;
    set({ capstoneRun: null });
    attempt("The run could not be compared", () => compare(capstoneRun));
  });

  /** @param {string} id */
  async function compare(id) {
    const capstone = await call("check_capstone", { id });
    set({ capstone });
    keeper.change("capstone", (task) => attempted(task, { isRight: capstone.right, source: "", now: now() }));
    announce(capstone.right ? "Right: the losses are equal." : "The losses differ.");
  }

  return {
    /** Let the learner's right solutions compute in the active run. */
    useSolutions: () =>
      attempt("Your solutions could not be put into the network", async () => {
        const { id = "" } = store.get().run ?? {};
        const { files } = await call("code", { id });
        const others = files.filter(({ mine }) => mine !== null && !isOwnSolution(mine));
        if (others.length && get().asking !== "network") {
          set({ asking: "network" });
          return focus("question");
        }
        set({ asking: "" });
        await use(await call("solution_files", { solutions: solutionsOf(get()) }));
        announce("Your solutions compute in this run.");
      }),
    trainCapstone: () =>
      attempt("Your solutions could not be trained", async () => {
        const files = await call("solution_files", { solutions: solutionsOf(get()) });
        set({ capstone: null, capstoneRun: await train(CAPSTONE_RUN, CAPSTONE_CONFIG, files) });
      }),
    trainCase: () =>
      attempt("The case could not be trained", async () => {
        const { case: chosen } = get();
        if (chosen) await train(caseRun(chosen.number), chosen.config, [chosen]);
      }),
  };
}
