/** The tab Explain: the cell that is explained, else the last phase, else an empty state. */

import { hiddenLines } from "../exercises/state.js";
import { why } from "../explain/view.js";
import { swatches } from "../network/swatches.js";
import { phaseDetails } from "../phases/details_view.js";

/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** @param {State} state @param {Actions} actions */
export function explainPanel(state, actions) {
  const { exercises } = state;
  const lines = hiddenLines(exercises);
  if (!state.explain.why && state.phases.phasing) return phaseDetails(state, actions, lines);
  return why(state, actions, swatches(state), { lines, isAsked: exercises.asking === "unfold" });
}
