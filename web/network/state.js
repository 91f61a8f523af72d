/** State of the network on screen: tensors, the cell pointed at, sizes and windows. */

/** @import { OptimizerState, Sample, StateVector } from "../api.d.ts" */
/** @import { Moving } from "../color/column_scale.js" */
/** @import { Steady } from "../color/steady.js" */
/** @import { Cell } from "../heatmap/pointer.js" */
/** @import { Held } from "./hold.js" */
/**
 * The network as it is drawn: every tensor of one run at one step.
 * @typedef {object} Net
 * @property {string} run_id
 * @property {number} step
 * @property {Moving} forward
 * @property {Moving} backward
 * @property {OptimizerState & {steady?: (vector: StateVector) => Steady}} optimizer
 * @property {boolean} [passing]  a frame of Play: the next one follows
 * @property {boolean} [recorded]  a frame of the recording that plays while Python starts
 */
/** Room of both columns in CSS pixels, the height of their heads, pixels of the screen for each, and whether the window is a phone's or a low one. @typedef {{width: number, height: number, head: number, dpr: number, phone: boolean, low: boolean}} Stage */
/**
 * @typedef {object} NetworkState
 * @property {Net | null} net
 * @property {Net | null} metered  the one whose coverage is measured: during Play a few times a second
 * @property {Cell | null} cell    the cell that is read
 * @property {Held | null} held   where a finger is held on the cell
 * @property {Sample[]} samples    of the batch on screen, in its order
 * @property {Int32Array} batch    their indices; during Play a few times a second
 * @property {Stage | null} stage
 * @property {number | null} zoom  pixels of a cell; null: as large as fits
 * @property {Record<string, number>} windows  first unit shown, for each axis that has been scrolled
 * @property {Record<string, StateVector>} vectors  for each run, the optimizer's state shown in place of parameters
 * @property {boolean} printing  whether the page is being printed: whole matrices on paper
 * @property {number} fonts  of how many sets of loaded fonts the captions are measured with
 */

/** @returns {NetworkState} */
export const initialNetwork = () => ({
  net: null,
  metered: null,
  cell: null,
  held: null,
  samples: [],
  batch: new Int32Array(),
  stage: null,
  zoom: null,
  windows: {},
  vectors: {},
  printing: false,
  fonts: 0,
});
