/** The confusion matrix in words, for the screen and for screen readers. */

import { percent } from "../ui/format.js";
import { count } from "../ui/number.js";
import { taken } from "./confusion.js";

/** @import { Confusion } from "../api.d.ts" */
/** @typedef {{name: "train" | "held_out", title: string, counts: Int32Array}} ClassCounts of one set of samples */

/** Return the sets of samples. @param {Confusion} answer @returns {ClassCounts[]} */
export function setsIn({ train, held_out }) {
  return [
    { name: "train", title: "Training samples", counts: train },
    ...(held_out ? [/** @type {const} */ ({ name: "held_out", title: "Held-out samples", counts: held_out })] : []),
  ];
}

/**
 * @param {Confusion} answer
 * @param {Int32Array} counts
 * @param {number} row
 * @param {number} col
 * @returns {string} "12 of 40 samples"
 */
export function takenWords({ labels }, counts, row, col) {
  const { count: some, of } = taken(counts, labels.length, row, col);
  return `${count(some)} of ${count(of)} ${of === 1 ? "sample" : "samples"}`;
}

/**
 * @param {Confusion} answer
 * @param {Int32Array} counts
 * @param {number} row
 * @param {number} col
 * @returns {string} "30%"; "–" where there is no sample of the class
 */
export function shareWords({ labels }, counts, row, col) {
  const { of, share } = taken(counts, labels.length, row, col);
  return of > 0 ? percent(share) : "–";
}

/** @param {Confusion} answer @returns {string} a sentence, or none if every sample has a prediction */
export function withoutPrediction({ train, held_out, num_train, num_held_out }) {
  const sum = (/** @type {Int32Array | null} */ counts) => counts?.reduce((total, number) => total + number, 0) ?? 0;
  const missing = num_train + num_held_out - sum(train) - sum(held_out);
  if (missing === 0) return "";
  return `${count(missing)} ${missing === 1 ? "sample has" : "samples have"} no prediction (the largest logit is not finite) and ${missing === 1 ? "is" : "are"} not counted.`;
}
