/** Lines of the charts: colour and visibility of each run's line, remembered by the browser. */

import { ofRun } from "../ui/of_run.js";
import { remember, remembered } from "../ui/preferences.js";

/** @import { Store } from "../page/store.js" */
/** @import { RunsState } from "./state.js" */
/** @typedef {Pick<RunsState, "colors" | "hidden">} Lines */

const KEY = "lines";
/** Maximum number of stored lines; a new run gets the lowest free number. */
const MAX_LINES = 10_000;

/** Remember the lines from now on. @param {Store} store */
export function rememberLines(store) {
  let before = store.get();
  let written = "";
  store.subscribe((state) => {
    const same = state.runs.colors === before.runs.colors && state.runs.hidden === before.runs.hidden;
    before = state;
    // Store nothing before the runs are loaded, or where they are not saved.
    if (same || state.runs.list.length === 0 || state.saving.storage?.where === "memory") return;
    const lines = {
      colors: state.runs.colors,
      hidden: state.runs.list.map(({ id }) => id).filter((id) => ofRun(state.runs.hidden, id)),
    };
    const text = JSON.stringify(lines);
    if (text !== written) remember(KEY, lines);
    written = text;
  });
}

/** Stored lines; invalid values fall back to defaults. @returns {Lines} */
export function storedLines() {
  const { colors, hidden } = remembered(KEY);
  const numbers = Object.entries(Object(colors)).filter(
    ([, number]) => Number.isInteger(number) && number >= 0 && number < MAX_LINES,
  );
  const ids = Array.isArray(hidden) ? hidden.filter((id) => typeof id === "string") : [];
  return { colors: Object.fromEntries(numbers), hidden: Object.fromEntries(ids.map((id) => [id, true])) };
}
