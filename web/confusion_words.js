/** The confusion matrix in words, for eyes and ears. */

import { taken } from "./draw/confusion.js";
import { count } from "./draw/number.js";
import { percent } from "./words.js";

/** @typedef {import("./api.d.ts").Confusion} Confusion */
/** @typedef {{name: "train" | "held_out", title: string, counts: Int32Array}} ClassCounts of one set of samples */

/** The sets that there are. @param {Confusion} answer @returns {ClassCounts[]} */
export function setsIn({ train, held_out }) {
  return [
    { name: "train", title: "Training samples", counts: train },
    ...(held_out ? [/** @type {const} */ ({ name: "held_out", title: "Held-out samples", counts: held_out })] : []),
  ];
}

/** @param {Confusion} answer @param {Int32Array} counts @param {number} row @param {number} col @returns {string} "12 of 40 samples" */
export function takenWords({ labels }, counts, row, col) {
  const { count: some, of } = taken(counts, labels.length, row, col);
  return `${count(some)} of ${count(of)} ${of === 1 ? "sample" : "samples"}`;
}

/** @param {Confusion} answer @param {Int32Array} counts @param {number} row @param {number} col @returns {string} "30%"; "–" where there is no sample of the class */
export function shareWords({ labels }, counts, row, col) {
  const { of, share } = taken(counts, labels.length, row, col);
  return of > 0 ? percent(share) : "–";
}
