/** Sentences about a sample and about generated tokens. */

import { count } from "../ui/number.js";
import { largest, output, share } from "./bars.js";

/** @import { Known } from "../api.d.ts" */
/** @import { Shown } from "./state.js" */

/** @type {Record<Known, string>} */
export const KNOWN = { new: "new", training: "in the training set", held_out: "held out" };

/** How the tokens of generated text are marked. @type {Record<Known, string>} */
const MARKS = { new: "", training: " (underlined)", held_out: " (dotted)" };

/** "Sample 3 of 10" or "Your tokens". @param {Shown} shown */
export const heading = ({ row, count: samples }) =>
  row < 0 ? "Your tokens" : `Sample ${count(row + 1)} of ${count(samples)}`;

/**
 * The corner in one sentence.
 * @param {Shown} shown @param {string[]} classes @param {boolean} isMse
 * @returns {string} "Sample 3 of 10: c d c c, target d. The network predicts d, probability .98."
 */
export function sentence(shown, classes, isMse) {
  const { tokens, target, outputs, probabilities } = shown;
  const input = tokens.length ? `: ${tokens.join(" ")}${target === null ? "" : `, target ${target}`}` : "";
  const top = largest(outputs);
  if (top < 0 || (!isMse && !probabilities)) return `${heading(shown)}${input}. ${notFinite(isMse)}`;
  const number = probabilities ? `probability ${share(probabilities[top])}` : `output ${output(outputs[top])}`;
  return `${heading(shown)}${input}. The network predicts ${classes[top]}, ${number}.`;
}

/** @param {boolean} isMse */
export const notFinite = (isMse) => (isMse ? "An output is not finite." : "No probabilities: an output is not finite.");

/** How many generated tokens are known, with their input. @param {Known[]} known @returns {string} "12 in the training set (underlined), 5 new" */
export function tally(known) {
  const kinds = /** @type {Known[]} */ (["training", "held_out", "new"]);
  const counted = kinds.map((kind) => ({ number: known.filter((each) => each === kind).length, kind }));
  const present = counted.filter(({ number }) => number > 0);
  return present.map(({ number, kind }) => `${number} ${KNOWN[kind]}${MARKS[kind]}`).join(", ");
}

/** @param {number} step */
export const weightsOf = (step) => `uses the weights of step ${count(step)}; does not train`;
