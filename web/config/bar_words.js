/** Words of the active run in the bar, kept by the browser until Python has the run again. */

import { remembered } from "../ui/preferences.js";

/** Its name, how its twin differs, number of its line, its optimizer and its rules for a stop. @typedef {{name: string, twin: string, line: number, optimizer: string, stopping: string}} BarWords */

export const KEY = "bar";
/** The run of a first visit. @type {BarWords} */
const FIRST = { name: "Run 1", twin: "", line: 0, optimizer: "SGD", stopping: "only if diverged" };

/** Words of the last visit. @returns {BarWords} */
export function barWords() {
  const kept = remembered(KEY);
  const text = (/** @type {"name" | "twin" | "optimizer" | "stopping"} */ field) =>
    typeof kept[field] === "string" ? kept[field] : FIRST[field];
  return {
    name: text("name"),
    twin: text("twin"),
    line: Number.isInteger(kept.line) ? kept.line : FIRST.line,
    optimizer: text("optimizer"),
    stopping: text("stopping"),
  };
}
