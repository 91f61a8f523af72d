/** The tab Explain: the cell that is explained, else the last phase, else an empty state. */

import { why } from "../explain/view.js";
import { swatches } from "../network/swatches.js";
import { phaseDetails } from "../phases/details_view.js";

/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** @param {State} state @param {Actions} actions */
export function explainPanel(state, actions) {
  if (!state.explain.why && state.phases.phasing) return phaseDetails(state, actions);
  return why(state, actions, swatches(state));
}
