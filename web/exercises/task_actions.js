/** Actions of the open task: predict, write, check, ask for help. */

import { attempted, helped, nameOf, nextHelp, sourceOf } from "./state.js";

/** @import { TaskProgress } from "../api.d.ts" */
/** @import { Tools } from "./actions.js" */

/** @param {Tools} tools */
export function createTask(tools) {
  const { get, set, attempt, keeper, focus, now } = tools;
  /** Change the progress in the open task. @param {(task: TaskProgress) => TaskProgress} change */
  const change = (change) => {
    const { opened, course } = get();
    if (opened) keeper.change(nameOf(opened, course), change);
  };
  return {
    /** @param {number} predicted  the option that is marked */
    mark: (predicted) => set({ predicted }),
    predict: () => attempt("The prediction could not be compared", () => predict(tools)),
    /** @param {string} source */
    type: (source) => change((task) => ({ ...task, source })),
    check: () => attempt("The solution could not be checked", () => check(tools)),
    /** Ask whether help, or a change that cannot be undone, is wanted; "" withdraws the question. @param {string} asking */
    ask(asking) {
      set({ asking });
      focus(asking ? "question" : "ask");
    },
    help: () => attempt("The help could not be read", () => help(tools)),
    /** Show the lines of ours that answer the open exercise. */
    unfold() {
      change((task) => helped(task, "unfolded", now()));
      set({ asking: "" });
    },
    startOver() {
      change((task) => ({ ...task, source: null }));
      set({ asking: "", report: null, caseReport: null });
      focus("exercises");
    },
  };
}

/** @param {Tools} tools */
async function predict({ get, set, call, keeper, focus }) {
  const { opened, predicted, course } = get();
  if (!opened || predicted === null) return;
  const outcome = await call("prediction", { number: opened.number });
  keeper.change(nameOf(opened, course), (task) => ({ ...task, predicted }));
  set({ outcome });
  focus("predicted");
}

/** @param {Tools} tools */
async function check({ get, set, call, keeper, now, announce }) {
  const { opened, course, checking } = get();
  if (!opened || checking) return;
  const [source, name, { number }] = [sourceOf(get()), nameOf(opened, course), opened];
  set({ checking: true });
  try {
    const isCase = opened.kind === "clinic";
    const report = isCase ? null : await call("check_solution", { number, source });
    const caseReport = isCase ? await call("check_case", { number, source }) : null;
    const isRight = report?.solved ?? caseReport?.mended ?? false;
    keeper.change(name, (task) => attempted(task, { isRight, source, now: now() }));
    if (get().opened === opened) set({ report, caseReport, checked: source });
    announce(`${isRight ? "Right." : "Not right."} ${report?.message ?? caseReport?.message ?? ""}`);
  } finally {
    set({ checking: false });
  }
}

/** @param {Tools} tools */
async function help({ get, set, keeper, now, helpWith, focus }) {
  const { opened, course, hints } = get();
  const kind = nextHelp(get());
  if (!opened || !kind) return;
  const hint = await helpWith(opened, kind);
  keeper.change(nameOf(opened, course), (task) => helped(task, kind, now()));
  set({ hints: [...hints, hint], asking: "" });
  focus("hint");
}
