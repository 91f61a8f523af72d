/** Sentences of the Code panel. */

import { title } from "../tensors/names.js";
import { count, formatNumber } from "../ui/number.js";

/** @import { CodeCheck, CodeError, Comparison, RunCode, TensorVerdict } from "../api.d.ts" */

/** Announced when code has been loaded. @type {Record<RunCode["trained_by"], string>} */
export const RAN = {
  mine: "Your code trains this run from the next step on. Checking its gradients.",
  ours: "This page’s own code trains the run from the next step on.",
  waiting: "",
};

/** After Stop. */
export const STOPPED = "Your code was stopped. Python has started again, and every run is back as it was saved.";

/** The code that trains the run. @type {Record<RunCode["trained_by"], string>} */
export const TRAINED_BY = {
  ours: "Trained by this page’s own code.",
  mine: "Trained by your code.",
  waiting: "This code came with a file, or had to be stopped. Nothing of it has run. Read it, then press Run.",
};

/** @param {string[]} files */
export const REVERTED = (files) =>
  files.length === 1
    ? `${files[0]} is ours again; press Run to use it.`
    : "All files are ours again; press Run to use them.";

/** Word and sign of each verdict. @type {Record<TensorVerdict["verdict"], {word: string, sign: string}>} */
export const VERDICTS = {
  right: { word: "right", sign: "✓" },
  wrong: { word: "wrong", sign: "✕" },
  too_small: { word: "cannot be checked", sign: "?" },
};

/** @param {number} number @param {string} one @param {string} many */
const counted = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;

export const checkWords = {
  /** @param {CodeCheck} check @returns {string} "5 of 7 gradients are right" */
  tally({ verdicts }) {
    const right = verdicts.filter(({ verdict }) => verdict === "right").length;
    return `${right} of ${verdicts.length} right`;
  },

  /** @param {CodeCheck} check @returns {string} */
  announced({ verdicts }) {
    const of = (/** @type {string} */ verdict) => verdicts.filter((each) => each.verdict === verdict).length;
    const [wrong, small] = [of("wrong"), of("too_small")];
    const rest = small
      ? ` ${counted(small, "gradient is", "gradients are")} too small to be checked by differences.`
      : "";
    if (wrong === 0) return `Gradient check passed: ${of("right")} of ${verdicts.length} right.${rest}`;
    return `Gradient check: ${counted(wrong, "gradient is", "gradients are")} wrong, ${of("right")} of ${verdicts.length} right.${rest}`;
  },

  /** @param {RunCode | null} answer @returns {string} */
  failure: (answer) => (answer?.error ? `${placed(answer.error)} ${stillInForce(answer)}` : ""),
};

/** Which version goes on after a failure. @param {RunCode} answer */
export const stillInForce = ({ trained_by }) =>
  ({
    ours: "This page’s own code still trains the run.",
    mine: "The version that ran before still trains the run.",
    waiting: "No step is made until a version runs.",
  })[trained_by];

/** @param {CodeError} error @returns {string} "model.py, line 76: NameError: …" */
export const placed = ({ file, line, message }) =>
  `${[file, line === null ? "" : `line ${line}`].filter(Boolean).join(", ")}${file || line ? ": " : ""}${message}`;

/** A verdict in words, for a badge and a row. @param {TensorVerdict} each @param {number} layers */
export function verdictWords(each, layers) {
  const { word } = VERDICTS[each.verdict];
  return `${title(each.tensor, layers)}: ${word}${each.verdict === "too_small" ? " by differences" : `, relative error ${short(each.relative_error)}`}`;
}

/** All that is known of a verdict. @param {TensorVerdict} each */
export function verdictDetails({ worst, cells, left_out, where }) {
  const far = worst
    ? `Largest difference at ${worst.index.map((i) => i + 1).join(", ")}: ${formatNumber(worst.mine, 4)}, by differences ${formatNumber(worst.numeric, 4)}. `
    : "";
  const left = Object.entries(left_out).map(([reason, number]) => `; ${count(number)} left out: ${reason}`);
  return `${far}${count(cells)} numbers compared${left.join("")}. ${where ? `Decided ${where}.` : ""}`;
}

/** @param {number} error @returns {string} "4e-10" */
export const short = (error) =>
  error === 0 ? "0" : Math.abs(error) < 0.01 ? error.toExponential(0) : error.toPrecision(2);

/** Where two runs part. @param {Comparison | null} answer @returns {string} */
export function comparisonWords(answer) {
  if (!answer) return "";
  const { parted_after: after, exact, steps } = answer;
  if (steps === 0) return "The twin has made no step yet. Press Play: both train on the same batches.";
  if (after === null)
    return `No difference in ${counted(steps, "step", "steps")}: the losses are equal to the last bit.`;
  const step = `after step ${count(after)}`;
  return exact
    ? `The losses part ${step}.`
    : `The losses part ${step} or a little before: the history keeps averages there.`;
}
