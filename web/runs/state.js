/** State of the runs: their list, and the arrangement of table and lines. */

/** @import { RunSummary } from "../api.d.ts" */
/** @import { TwinDraft } from "./twin_form.js" */
/** @import { RunsTable } from "./table.js" */
/**
 * @typedef {object} RunsState
 * @property {RunSummary[]} list
 * @property {Record<string, number>} colors   run id → number of its line colour
 * @property {Record<string, true>} hidden     ids of runs whose lines are not drawn
 * @property {string | null} hovered           id of the run that is pointed at, here or in the chart
 * @property {string | null} renaming          id of the run whose name is being edited
 * @property {RunsTable} table
 * @property {TwinDraft | null} twin  the Twin form as it is typed
 */

/**
 * Number the line of each run: the number stays while the run does, and a new run gets the lowest free one.
 * @param {{id: string}[]} runs @param {Record<string, number>} colors
 */
export function colorsOf(runs, colors) {
  /** @type {Map<string, number>} */
  const kept = new Map();
  for (const { id } of runs) if (Object.hasOwn(colors, id)) kept.set(id, colors[id]);
  for (const { id } of runs) {
    const taken = new Set(kept.values());
    let free = 0;
    while (taken.has(free)) free++;
    if (!kept.has(id)) kept.set(id, free);
  }
  return Object.fromEntries(kept);
}

/**
 * Patch the list of runs; it supersedes the progress reported by Play.
 * @param {{runs: RunsState}} state @param {RunSummary[]} list
 */
export const listed = ({ runs }, list) => ({
  runs: { list, colors: colorsOf(list, runs.colors) },
  training: { progress: null },
});
