/** Sentences of the exercises. */

import { count } from "../ui/number.js";

/** @import { Task, TaskProgress } from "../api.d.ts" */
/** @import { Opened } from "./state.js" */

/** Names of the kinds of help, and the question before each. @type {Record<string, {name: string, question: string}>} */
export const HELP = {
  factor: { name: "Factor", question: "Show which factor matters here?" },
  place: { name: "Place", question: "Show where it comes from?" },
  lines: { name: "Lines", question: "Show the lines of the answer, in alphabetical order?" },
  answer: { name: "Answer", question: "Show the whole answer?" },
};

/** @type {Record<string, {name: string, question: string}>} */
export const CLINIC_HELP = {
  tensors: { name: "Tensors", question: "Show the tensors whose gradients are wrong?" },
  line: { name: "Line", question: "Show the line of the mistake?" },
  answer: { name: "Answer", question: "Show the right lines?" },
};

/** Said with each question about help. */
export const NOTED = "Your progress notes that you used it.";

/** Stages of a check, in their order. @type {readonly (readonly [stage: string, label: string])[]} */
export const STAGES = [
  ["syntax", "Syntax"],
  ["exception", "Runs"],
  ["time", "Time"],
  ["result", "Form"],
  ["forward", "Forward"],
  ["gradient", "Gradients"],
  ["edge", "Edge cases"],
];

/** @param {TaskProgress | undefined} task */
export function statusText(task) {
  if (!task?.started) return "not opened";
  if (!task.solved) return task.attempts ? `${attempts(task.attempts)}, not solved` : "opened";
  const help = Object.keys(task.help).length ? ", with help" : "";
  return `solved after ${attempts(task.attempts_to_solve ?? task.attempts)}${help}`;
}

/** @param {number} number */
const attempts = (number) => `${count(number)} ${number === 1 ? "attempt" : "attempts"}`;

/** @param {Opened} opened @param {Task | null} task */
export function titleOf({ kind, number }, task) {
  if (kind === "capstone") return "Train with your solutions";
  return kind === "clinic" ? `Case ${number}` : `${number}. ${task?.title ?? ""}`;
}

/** @param {number[]} position counted from 0 */
export const cellText = (position) => `[${position.join(", ")}]`;

/** Name of a tensor of the clinic. @param {string} tensor "layers/0/weights" */
export function tensorName(tensor) {
  const [, index, kind] = /^layers\/(\d+)\/(weights|biases)$/.exec(tensor) ?? [];
  return index === undefined ? "Embedding" : `Layer ${Number(index) + 1} ${kind}`;
}

/** Names of runs. @param {number} number */
export const caseRun = (number) => `Clinic, case ${number}`;
export const CAPSTONE_RUN = "My solutions";

/** Whether a file of a run is one that solutions were put into. @param {string} text */
export const isOwnSolution = (text) => text.includes("\n# ---- My solution of the exercise ");
