/** The loss of the recorded first run, drawn while Python starts: no run is there yet. */

import { lossLine } from "./line.js";

/** @import { LossCurve } from "../api.d.ts" */
/** @import { ChartSettings, Scene } from "./scene.js" */
/** Losses so far, and the ends of the axes. @typedef {{step: Float64Array, loss: Float64Array, most: {step: number, loss: number}}} Recorded */

/** The choices of the visitor are for runs. @type {ChartSettings} */
export const RECORDED_SETTINGS = {
  metric: "loss",
  x: "step",
  log: false,
  smoothing: 0,
  outliers: false,
  large: false,
  held_out: false,
};
/** Room above the highest loss, as a share of it. */
const ABOVE = 1.1;

/** @param {Recorded} recorded @returns {Scene} */
export function recordedScene({ step, loss, most }) {
  /** @type {LossCurve} */
  const curve = {
    id: "",
    name: "",
    step,
    epoch: step,
    seconds: step,
    min: loss,
    mean: loss,
    max: loss,
    accuracy: new Float64Array(step.length),
    smoothing: 0,
    smoothed: loss,
  };
  // Steps between two frames are left out, not summed up.
  const line = { ...lossLine(curve, "step"), summed: false };
  return {
    metric: "loss",
    drawing: {
      lines: [line],
      colors: {},
      stars: {},
      marks: {},
      held_out: {},
      wrong: {},
      floor: null,
      across: [0, most.step],
      up: [0, ABOVE * most.loss],
    },
    runs: [],
    epochs: new Map(),
    outliers: null,
    units: ["nats"],
    acrossLabel: "step (updates)",
    upLabel: "loss (nats)",
    time: { word: "s", seconds: 1 },
    log: false,
  };
}
