/** The numbers over the loss chart as text, short enough to stay in their place. */

import { brief, formatNumber } from "../ui/number.js";

/** "0.1234", "2.1e20" @param {number | null} loss */
export function lossText(loss) {
  if (loss === null) return "–";
  if (!Number.isFinite(loss) || Math.abs(loss) < 1e4)
    return Number.isFinite(loss) ? brief(loss) : formatNumber(loss, 3);
  return loss.toExponential(1).replace("e+", "e").replace("-", "−");
}

/** With at most two decimals; a whole number only when an epoch is complete: "2.99". @param {number} epoch */
export const epochText = (epoch) => (Math.floor(epoch * 100 + 1e-6) / 100).toLocaleString("en");
