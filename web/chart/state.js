/** Choices of the loss chart that the browser remembers. */

import { remember, remembered } from "../ui/preferences.js";
import { MAX_SMOOTHING } from "./line.js";

/** @import { ChartSettings } from "./scene.js" */

const KEY = "loss_chart";
/** @type {ChartSettings} */
const USUAL = { metric: "loss", x: "step", log: false, smoothing: 0.6, outliers: false, large: false, held_out: true };

/** Stored settings; invalid values fall back to defaults. @returns {ChartSettings} */
export function storedChart() {
  const { metric, x, log, smoothing, outliers, large, held_out } = remembered(KEY);
  return {
    metric: metric === "accuracy" ? metric : USUAL.metric,
    x: x === "epoch" || x === "time" ? x : USUAL.x,
    log: log === true,
    smoothing:
      typeof smoothing === "number" && smoothing >= 0 && smoothing <= MAX_SMOOTHING ? smoothing : USUAL.smoothing,
    outliers: outliers === true,
    large: large === true,
    held_out: held_out !== false,
  };
}

/** @param {ChartSettings} settings */
export const rememberChart = (settings) => remember(KEY, settings);
