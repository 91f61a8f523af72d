/** The line of each run: its colour, and whether it is drawn. Remembered by run, so that a reload shows the same chart. */

import { remember, remembered } from "./remembered.js";

/** @typedef {Pick<import("./store.js").State, "colors" | "hidden">} Lines */

const KEY = "lines";
/** A new colour is the lowest number that is free: it is below the number of runs that there have been at once. */
const MOST = 10_000;

/** Remember the lines from now on. @param {import("./store.js").Store} store */
export function rememberLines(store) {
  let before = store.get();
  let written = "";
  store.subscribe((state) => {
    const same = state.colors === before.colors && state.hidden === before.hidden;
    before = state;
    // Before the runs are there, and where they are not kept, there is nothing to remember.
    if (same || state.runs.length === 0 || state.storage?.where === "memory") return;
    const lines = { colors: state.colors, hidden: state.runs.map(({ id }) => id).filter((id) => state.hidden[id]) };
    const text = JSON.stringify(lines);
    if (text !== written) remember(KEY, lines);
    written = text;
  });
}

/** The lines of last time, as far as they still mean something. @returns {Lines} */
export function storedLines() {
  const { colors, hidden } = remembered(KEY);
  const numbers = Object.entries(Object(colors)).filter(
    ([, number]) => Number.isInteger(number) && number >= 0 && number < MOST,
  );
  const ids = Array.isArray(hidden) ? hidden.filter((id) => typeof id === "string") : [];
  return { colors: Object.fromEntries(numbers), hidden: Object.fromEntries(ids.map((id) => [id, true])) };
}
