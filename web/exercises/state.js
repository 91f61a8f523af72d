/** State of the exercises: what is open, what the learner did there, and what that means. */

/** @import { AnswerLines, CaseReport, CapstoneReport, ClinicCase, ClinicHelp, Course, Diagnosis, Hint, Outcome, SolutionReport, Task, TaskProgress } from "../api.d.ts" */
/** @import { Editor } from "../code/editor.js" */
/** An exercise, the end of the course, or a case of the clinic. @typedef {{kind: "exercise" | "capstone" | "clinic", number: number}} Opened */
/**
 * @typedef {object} ExercisesState
 * @property {Course | null} course
 * @property {typeof Editor | null} editor  null: not loaded yet
 * @property {Opened | null} opened         null: the list
 * @property {Task | null} task             of the open exercise
 * @property {ClinicCase | null} case       of the open case
 * @property {number | null} predicted      the option that is marked, not yet answered
 * @property {Outcome | null} outcome       the answer to the prediction
 * @property {readonly (Hint | ClinicHelp)[]} hints  those that are shown
 * @property {string} asking                the question that waits for an answer: a kind of help, "stub", "reset" or ""
 * @property {SolutionReport | null} report
 * @property {CaseReport | null} caseReport
 * @property {CapstoneReport | null} capstone
 * @property {string | null} capstoneRun    the run that is trained by all solutions
 * @property {string} checked               the source that the report is about
 * @property {boolean} checking
 * @property {{tensors: readonly string[], line: string, answer: Diagnosis | null}} diagnosis
 * @property {Readonly<Record<string, TaskProgress>>} progress  by name of the task
 * @property {string} learner               name in the progress file
 * @property {boolean} isKept               whether progress can be saved in this browser
 */

/** Rungs of help with an exercise, and kinds of help with a case, in their order. */
export const RUNGS = ["factor", "place", "lines", "answer"];
export const CLINIC_HELP = ["tensors", "line", "answer"];

/** Always the same, so that a view sees no change. @type {readonly AnswerLines[]} */
const NOTHING = [];

/** @type {TaskProgress} */
const UNOPENED = {
  started: null,
  solved: null,
  attempts: 0,
  attempts_to_solve: null,
  predicted: null,
  help: {},
  source: null,
  solution: "",
};

/** @type {ExercisesState["diagnosis"]} */
const UNNAMED = { tensors: [], line: "", answer: null };

/** The slice without a task, as when another one is opened. @satisfies {Partial<ExercisesState>} */
export const CLOSED = {
  task: null,
  case: null,
  predicted: null,
  outcome: null,
  hints: [],
  asking: "",
  report: null,
  caseReport: null,
  checked: "",
  diagnosis: UNNAMED,
};

/** @returns {ExercisesState} */
export const initialExercises = () => ({
  ...CLOSED,
  course: null,
  editor: null,
  opened: null,
  capstone: null,
  capstoneRun: null,
  checking: false,
  progress: {},
  learner: "",
  isKept: true,
});

/**
 * The name that progress is kept under.
 * @param {Opened} opened @param {ExercisesState["course"]} course
 */
export function nameOf({ kind, number }, course) {
  if (kind === "exercise") return course?.exercises[number - 1]?.name ?? "";
  return kind === "clinic" ? `clinic_${number}` : kind;
}

/** @param {ExercisesState["progress"]} progress @param {string} name @returns {TaskProgress} */
export const progressNamed = (progress, name) => progress[name] ?? UNOPENED;

/** Progress in the open task, or in another one. @param {ExercisesState} state @param {Opened | null} [opened] */
export const progressOf = ({ progress, course, opened: now }, opened = now) =>
  progressNamed(progress, opened ? nameOf(opened, course) : "");

/** @param {TaskProgress} task @param {string} now @returns {TaskProgress} */
export const begun = (task, now) => ({ ...task, started: task.started ?? now });

/**
 * Progress after a check.
 * @param {TaskProgress} task @param {{isRight: boolean, source: string, now: string}} check @returns {TaskProgress}
 */
export function attempted(task, { isRight, source, now }) {
  const attempts = task.attempts + 1;
  if (!isRight) return { ...task, attempts };
  if (task.solved) return { ...task, attempts, solution: source };
  return { ...task, attempts, solved: now, attempts_to_solve: attempts, solution: source };
}

/** @param {TaskProgress} task @param {string} kind @param {string} now @returns {TaskProgress} */
export const helped = (task, kind, now) => ({ ...task, help: { [kind]: now, ...task.help } });

/** The next rung of help, if there is one. @param {Pick<ExercisesState, "opened" | "hints">} state */
export function nextHelp({ opened, hints }) {
  const all = opened?.kind === "clinic" ? CLINIC_HELP : RUNGS;
  return all[hints.length];
}

/** The learner's source of the open task: what was typed, or the file to begin with. @param {ExercisesState} state */
export const sourceOf = (state) => progressOf(state).source ?? state.task?.stub ?? state.case?.text ?? "";

/** Solutions of the learner's that are right: exercise → source. @param {ExercisesState} state @returns {Record<string, string>} */
export function solutionsOf({ course, progress }) {
  const solved = (course?.exercises ?? []).filter(
    ({ name, used_by_network }) => used_by_network && progress[name]?.solution,
  );
  return Object.fromEntries(solved.map(({ name }) => [name, progress[name].solution]));
}

/** @param {ExercisesState} state @param {Opened["kind"]} kind */
export function countSolved({ course, progress }, kind) {
  const names =
    kind === "clinic"
      ? Array.from({ length: course?.cases ?? 0 }, (_, index) => `clinic_${index + 1}`)
      : (course?.exercises ?? []).map(({ name }) => name);
  return { solved: names.filter((name) => progress[name]?.solved).length, all: names.length };
}

/** Lines of ours to hide: those that answer the open exercise, until it is solved or they were asked for. @param {ExercisesState} state */
export function hiddenLines(state) {
  const { task } = state;
  const { solved, help } = progressOf(state);
  return task && !solved && !help.unfolded ? task.answers : NOTHING;
}

/** The broken file of the open case, which is not compared with ours until it is mended or its answer was shown; or "". @param {ExercisesState} state */
export function sealedFile(state) {
  const { solved, help } = progressOf(state);
  return state.case && !solved && !help.answer ? state.case.file : "";
}

/** The task behind the open one. @param {ExercisesState} state @returns {Opened | null} */
export function nextTask({ opened, course }) {
  if (!opened || !course) return null;
  const { kind, number } = opened;
  if (kind === "exercise") {
    const isLast = number === course.exercises.length;
    return isLast ? { kind: "capstone", number: 1 } : { kind, number: number + 1 };
  }
  if (kind === "capstone") return { kind: "clinic", number: 1 };
  return number < course.cases ? { kind, number: number + 1 } : null;
}
