/** State of the network on screen: its tensors, the cell pointed at, and the batch. */

/** @import { Column, OptimizerState, Sample } from "../api.d.ts" */
/** @import { Cell } from "../heatmap/pointer.js" */
/**
 * The network as it is drawn: every tensor of one run at one step.
 * @typedef {object} Net
 * @property {string} run_id
 * @property {number} step
 * @property {Column} forward
 * @property {Column} backward
 * @property {OptimizerState} optimizer
 * @property {boolean} [passing]  a frame of Play: the next one follows
 */
/**
 * @typedef {object} NetworkState
 * @property {Net | null} net
 * @property {Net | null} metered  the one whose coverage is measured: during Play a few times a second
 * @property {Cell | null} cell    the cell that is read
 * @property {Sample[]} samples    of the batch on screen, in its order
 * @property {Int32Array} batch    their indices; during Play a few times a second
 */

/** @returns {NetworkState} */
export const initialNetwork = () => ({ net: null, metered: null, cell: null, samples: [], batch: new Int32Array() });
