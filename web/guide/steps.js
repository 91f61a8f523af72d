/** The eight steps of “Start here”: text, the element that each is about, and when a step is done. */

import { isShown } from "../panels/state.js";

/** @import { State } from "../page/store.js" */
/** The run’s step and the runs at the beginning of a step of the guide. @typedef {{step: number, runs: string[]}} Since */
/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} text     one or two sentences
 * @property {string} task     the visitor's part; done when `isDone` holds
 * @property {string} target   selector of the element; the first one that is visible
 * @property {string} [name]   the beginning of its accessible name
 * @property {string} place    name of that element, for the button that leads there
 * @property {string} learn    the step's section of the Learn page
 * @property {(state: State, since: Since) => boolean} isDone
 */

/** @param {State} state */
const explained = ({ explain }) => explain.why?.trail.at(-1)?.tensor ?? "";
/** @param {State} state */
const stepOf = ({ run }) => run?.step ?? 0;

/** @type {readonly Step[]} */
export const STEPS = [
  {
    title: "One sample",
    text: "Each row of Inputs is one sample of the batch: its tokens, written as zeros and ones. The same row in every matrix to the right belongs to the same sample.",
    task: "Point at a cell of Inputs, or move there with Tab and the arrow keys.",
    target: '[data-tensor="inputs"], [data-tensor="tokens"]',
    place: "Inputs",
    learn: "sample",
    isDone: ({ network: { cell } }) => cell?.tensor === "inputs" || cell?.tensor === "tokens",
  },
  {
    title: "Forward",
    text: "From left to right, each layer multiplies, adds and bends: z = x · W + b, then a = f(z). The last layer’s z are the logits, one number for each class.",
    task: "Click a cell of a z matrix, or press Enter on it, to see the sum that it is.",
    target: '[data-tensor$="/pre_activations"]',
    place: "the first z matrix",
    learn: "forward",
    isDone: (state) => /\/(pre_)?activations$/.test(explained(state)) && !explained(state).includes("grad_"),
  },
  {
    title: "The loss",
    text: "The loss measures how wrong the outputs are: one number for the whole batch. Training tries to make it small, and does nothing else.",
    task: "Click the number under Batch loss to see how it was computed.",
    target: '[data-focus="asked:loss,0,0"]',
    place: "Batch loss",
    learn: "loss",
    isDone: (state) => explained(state) === "loss",
  },
  {
    title: "Why this gradient",
    text: "Each cell on the right is the gradient of the cell at the same place on the left: how fast the loss grows if that number grows. For a weight it is input × gradient, summed over the samples.",
    task: "Click a cell in the Backward pass, and follow its factors.",
    target: '[data-tensor$="/grad_weights"]',
    place: "a matrix of the Backward pass",
    learn: "gradient",
    isDone: (state) => explained(state).includes("grad_"),
  },
  {
    title: "One update",
    text: "One step moves every weight a little against its gradient: the learning rate times the gradient is subtracted. Then the next batch comes.",
    task: "Press Batch, and see the weights change.",
    target: "#controls button",
    name: "Run batch",
    place: "the button Run batch",
    learn: "update",
    isDone: (state, since) => stepOf(state) > since.step,
  },
  {
    title: "A hundred steps",
    text: "One step changes little, many steps change the loss. Its line is jagged, since each batch consists of other samples.",
    task: "Press Play, and let it run to step 100 at least.",
    target: "#controls button",
    name: "Play",
    place: "the button Play",
    learn: "hundred",
    isDone: (state) => stepOf(state) >= 100,
  },
  {
    title: "Held out",
    text: "Held-out samples are never trained on, only measured. While the training loss falls and the held-out loss rises, the network is overfitting.",
    task: "Open Metrics and compare both losses.",
    target: "#tab-metrics",
    place: "the tab Metrics",
    learn: "held-out",
    isDone: (state) => isShown(state, "metrics"),
  },
  {
    title: "Break it",
    text: "Among the examples of New run, seven have a classic fault, such as a learning rate that is far too large. Gradient flow warns of it.",
    task: "Create a run from one of these examples, and press Play.",
    target: '[data-focus="new_run"]',
    place: "the button New run",
    learn: "break",
    isDone: (state, since) => state.run !== null && !since.runs.includes(state.run.id),
  },
];

/** Return what a step compares with later. @param {State} state @returns {Since} */
export const begin = (state) => ({ step: stepOf(state), runs: state.runs.list.map(({ id }) => id) });
