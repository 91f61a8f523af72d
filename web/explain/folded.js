/** Lines of the package that answer the open exercise, and their place in a text: they are hidden. */

/** @import { AnswerLines } from "../api.d.ts" */
/** Consecutive lines, counted from 1. @typedef {{first: number, last: number}} Fold */
/** Lines to hide, and whether the question about showing them is asked. @typedef {{lines: readonly AnswerLines[], isAsked: boolean}} Hidden */

/** Nothing is hidden. @type {Hidden} */
export const NOTHING_HIDDEN = { lines: [], isAsked: false };

/**
 * Find the lines of a file that answer an exercise, also in an edited text, where they may stand elsewhere.
 * @param {string} file @param {string} text @param {Hidden["lines"]} lines @returns {Fold[]} in their order, without overlap
 */
export function foldSolutions(file, text, lines) {
  const rows = text.split("\n");
  const folds = lines
    .filter((each) => each.file === file)
    .map((each) => found(rows, each.text.split("\n")))
    .filter((fold) => fold !== null)
    .sort((one, other) => one.first - other.first || other.last - one.last);
  return folds.filter((fold, index) => index === 0 || fold.first > folds[index - 1].last);
}

/** @param {string[]} rows @param {string[]} wanted @returns {Fold | null} */
function found(rows, wanted) {
  const first = rows.findIndex((_, index) => wanted.every((row, offset) => rows[index + offset] === row));
  return first < 0 ? null : { first: first + 1, last: first + wanted.length };
}

/**
 * Whether a quoted line answers the exercise. Quotes are without their indentation.
 * @param {string} file @param {string} line @param {Hidden["lines"]} lines
 */
export const isAnswer = (file, line, lines) =>
  lines.some(
    (each) =>
      each.file === file && each.text.split("\n").some((row) => row.trim() !== "" && row.trim() === line.trim()),
  );
