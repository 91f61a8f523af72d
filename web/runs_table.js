/** The table of runs as it is looked at: which rows and columns, in which order, compared with what. */

import { COLUMNS } from "./columns.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./columns.js").Row} Row */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/**
 * @typedef {object} RunsTable
 * @property {{column: string, descending: boolean} | null} sort  null: oldest first
 * @property {string} filter         every word of it stands somewhere in a row
 * @property {string[]} columns      chosen to be shown
 * @property {boolean} differing     only columns in which rows differ
 * @property {boolean} archived      archived runs too
 * @property {string | null} baseline  id of the run that the others are compared with
 */

/** @typedef {{runs: RunSummary[], playing: boolean, elsewhere: string[]}} Standing */

/** @type {RunsTable} */
export const USUAL = {
  sort: null,
  filter: "",
  columns: COLUMNS.filter(({ usual }) => usual).map(({ id }) => id),
  differing: false,
  archived: false,
  baseline: null,
};

const STOPPED = {
  early_stopping: "stopped early",
  target: "target reached",
  max_epochs: "epochs done",
  diverged: "diverged",
};

/** How a run stands, in a word. @param {RunSummary} run @param {Standing} state */
export function statusOf(run, { runs, playing, elsewhere }) {
  const active = runs.find((other) => other.active);
  if (run.archived) return "archived";
  if (elsewhere.includes(run.id)) return "in another tab";
  if (run.stopped) return STOPPED[run.stopped.reason];
  if (playing && active && [active.id, ...active.twins].includes(run.id)) return "training";
  return run.step === 0 ? "new" : "paused";
}

/**
 * The rows to show. The active run always is one, if the filter lets it through: its matrices are on screen.
 * @param {Standing & {table: RunsTable}} state
 * @returns {Row[]}
 */
export function rowsOf(state) {
  const { runs, table } = state;
  const all = runs.map((run) => ({ ...run, status: statusOf(run, state) }));
  const words = wordsOf(table);
  const shown = all.filter((row) => (table.archived || !row.archived || row.active) && matches(row, words));
  const column = COLUMNS.find(({ id }) => id === table.sort?.column) ?? NAMES[table.sort?.column ?? ""];
  return column ? sorted(shown, column, table.sort?.descending ?? false) : shown;
}

/** Saved runs that cannot be brought back, if the filter lets them through. @param {import("./store.js").State} state */
export function damagedOf({ damaged, table }) {
  const words = wordsOf(table);
  const rows = damaged.map((run) => ({ ...run, status: run.remains.length > 0 ? "damaged" : "lost" }));
  return rows.filter(({ name, status, why }) => holds([name, status, why], words));
}

/** Names are always shown, so they are no column that could be chosen. @type {Record<string, Pick<Column, "value">>} */
const NAMES = { name: { value: ({ name }) => name } };

/** @param {RunsTable} table */
const wordsOf = ({ filter }) => filter.toLowerCase().split(/\s+/);

/** @param {Row} row @param {string[]} words */
const matches = (row, words) => holds([row.name, ...COLUMNS.map((column) => column.text(row))], words);

/** @param {string[]} texts @param {string[]} words */
function holds(texts, words) {
  const text = texts.join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** What has no value stays below, either way. @param {Row[]} rows @param {Pick<Column, "value">} column @param {boolean} descending */
function sorted(rows, { value }, descending) {
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (isNothing(a) || isNothing(b)) return Number(isNothing(a)) - Number(isNothing(b));
    if (typeof a === "string" && typeof b === "string") return sign * a.localeCompare(b, "en", { numeric: true });
    return sign * (Number(a) - Number(b) || 0);
  });
}

/** @param {number | string | null} value */
const isNothing = (value) => value === null || Number.isNaN(value);

/** @param {RunsTable} table @param {Row[]} rows @returns {Column[]} */
export function columnsOf({ columns, differing }, rows) {
  const chosen = COLUMNS.filter(({ id }) => columns.includes(id));
  if (!differing || rows.length < 2) return chosen;
  return chosen.filter(({ text }) => rows.some((row) => text(row) !== text(rows[0])));
}

/** How far a row is from the baseline, or nothing. @param {Column} column @param {Row} row @param {RunSummary | undefined} baseline */
export function deltaOf({ value, delta }, row, baseline) {
  if (!delta || !baseline || baseline.id === row.id) return "";
  const [mine, its] = [value(row), value({ ...baseline, status: "" })];
  if (typeof mine !== "number" || typeof its !== "number" || !Number.isFinite(mine - its)) return "";
  return delta(mine - its);
}
