/** State of the Code panel: the files of the active run, what is typed, and what the check says. */

import { MATHEMATICS } from "../explain/mathematics.js";

/** @import { CodeCheck, CodeFile, Comparison, Difference, RunCode, RunSummary, TensorVerdict } from "../api.d.ts" */
/** @import { State } from "../page/store.js" */
/** @import { Editor } from "./editor.js" */
/** Texts by file that a revert has removed. @typedef {{run: string, texts: Record<string, string>}} Reverted */
/** A check of a version of the code. @typedef {CodeCheck & {version: string}} Checked */
/** @typedef {{run: string, other: string, answer: Comparison}} Compared  the active run, and its twin */
/**
 * @typedef {object} CodeState
 * @property {typeof Editor | null} editor  null: not loaded yet
 * @property {RunCode | null} answer  of the active run
 * @property {Record<string, string>} typed  texts of its files that Python does not have yet
 * @property {string | null} copying  the run whose files can be edited although none has been yet
 * @property {string} file  the chosen one
 * @property {{file: string, line: number} | null} place  a line to go to
 * @property {boolean} isDiff
 * @property {"run" | "check" | null} busy
 * @property {boolean} isStopped  whether Python was ended by hand
 * @property {Reverted | null} reverted
 * @property {Record<string, Checked>} checks  by run
 * @property {boolean} isDifference  whether the stage shows differences in place of gradients
 * @property {{run: string, version: string, matrices: Difference[]} | null} differences
 * @property {Compared | null} compared
 */

/** @returns {CodeState} */
export const initialCode = () => ({
  editor: null,
  answer: null,
  typed: {},
  copying: null,
  file: "model.py",
  place: null,
  isDiff: false,
  busy: null,
  isStopped: false,
  reverted: null,
  checks: {},
  isDifference: false,
  differences: null,
  compared: null,
});

/** Files in the order of reading. @param {CodeFile[]} files */
export const inOrder = (files) => [...files].sort((a, b) => MATHEMATICS.indexOf(a.file) - MATHEMATICS.indexOf(b.file));

/** The text that the editor shows. @param {CodeState} code @param {CodeFile} file */
export const textOf = ({ typed }, { file, mine, ours }) => typed[file] ?? mine ?? ours;

/** Whether a file differs from ours. @param {CodeState} code @param {CodeFile} file */
export const isChanged = (code, file) => textOf(code, file) !== file.ours;

/** Whether the files can be edited. @param {CodeState} code */
export const isEditable = ({ answer, copying, typed }) =>
  answer !== null &&
  (copying === answer.run_id || Object.keys(typed).length > 0 || answer.files.some(({ mine }) => mine !== null));

/** Whether Run would change what trains the run. @param {CodeState} code */
export const isRunnable = (code) =>
  code.answer !== null &&
  (code.answer.trained_by === "waiting" ||
    code.answer.edited ||
    Object.keys(code.typed).length > 0 ||
    code.answer.error !== null);

/** The check of the code that trains the active run, if it was checked. @param {CodeState} code @returns {Checked | null} */
export function checkOf({ answer, checks }) {
  const found = answer && checks[answer.run_id];
  return found && found.version === answer.version ? found : null;
}

/** Verdicts on the gradients of a run, by tensor. @param {CodeState} code @param {string | undefined} run @returns {Map<string, TensorVerdict>} */
export function verdictsOf(code, run) {
  const check = checkOf(code);
  return new Map(check && check.run_id === run ? check.verdicts.map((each) => [each.tensor, each]) : []);
}

/** Matrices of differences that the stage shows, by gradient. @param {CodeState} code @param {string | undefined} run */
export function differencesShown({ isDifference, differences, answer }, run) {
  const isCurrent = differences && differences.run === run && differences.version === answer?.version;
  return isDifference && isCurrent ? differences.matrices : null;
}

/** The twin that has the other code. @param {State} state @returns {RunSummary | null} */
export function otherOf({ run, runs }) {
  if (!run) return null;
  const isOurs = run.code.trained_by === "ours";
  const twins = runs.list.filter(({ id }) => run.twins.includes(id));
  return twins.findLast(({ code }) => (code.trained_by === "ours") !== isOurs) ?? null;
}
