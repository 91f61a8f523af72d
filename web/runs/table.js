/** Content of the table of runs: rows and columns, their order, and the baseline. */

import { COLUMNS } from "./columns.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { State } from "../page/store.js" */
/** @import { Damaged } from "../saving/state.js" */
/** @import { Column, Row } from "./columns.js" */
/**
 * @typedef {object} RunsTable
 * @property {{column: string, descending: boolean} | null} sort  null: oldest first
 * @property {string} filter         every word must occur in a row
 * @property {string[]} columns      chosen to be shown
 * @property {boolean} differing     only columns in which rows differ
 * @property {boolean} archived      archived runs too
 * @property {string | null} baseline  id of the run that the others are compared with
 */

/** The parts of the state that determine a status. @typedef {{runs: Pick<State["runs"], "list" | "table">, training: Pick<State["training"], "playing">, saving: Pick<State["saving"], "elsewhere">}} Standing */

/** @type {RunsTable} */
export const USUAL = {
  sort: null,
  filter: "",
  columns: COLUMNS.filter(({ usual }) => usual).map(({ id }) => id),
  differing: false,
  archived: false,
  baseline: null,
};

/** @type {Record<string, string>} */
const STOPPED = {
  early_stopping: "stopped early",
  target: "target reached",
  max_epochs: "epochs done",
  diverged: "diverged",
};

/** Return the status of a run. @param {RunSummary} run @param {Standing} state */
export function statusOf(run, { runs: { list }, training: { playing }, saving: { elsewhere } }) {
  const active = list.find((other) => other.active);
  if (run.archived) return "archived";
  if (elsewhere.includes(run.id)) return "in another tab";
  if (run.stopped) return STOPPED[run.stopped.reason];
  if (playing && active && [active.id, ...active.twins].includes(run.id)) return "training";
  return run.step === 0 ? "new" : "paused";
}

/**
 * Return the rows to show, archived ones last; always includes the active run, if it matches the filter.
 * @param {Standing} state
 * @returns {Row[]}
 */
export function rowsOf(state) {
  const { list, table } = state.runs;
  const all = list.map((run) => ({ ...run, status: statusOf(run, state) }));
  const words = wordsOf(table);
  const shown = all.filter((row) => (table.archived || !row.archived || row.active) && matches(row, words));
  const column = SORTABLE.find(({ id }) => id === table.sort?.column);
  const ordered = column ? sorted(shown, column, table.sort?.descending ?? false) : shown;
  return [...ordered.filter((row) => !isPutAway(row)), ...ordered.filter(isPutAway)];
}

/** Whether a row stands at the end. @param {Row} row */
const isPutAway = ({ archived, active }) => archived && !active;

/** Return the saved runs that cannot be restored and match the filter. @param {State} state */
export function damagedOf({ saving: { damaged }, runs: { table } }) {
  const words = wordsOf(table);
  const rows = damaged.map((run) => ({ ...run, status: statusOfDamaged(run) }));
  return rows.filter(({ name, status, why }) => holds([name, status, why], words));
}

/** @param {Damaged} run */
function statusOfDamaged({ remains, whole }) {
  if (whole) return "not opened";
  return remains.length > 0 ? "damaged" : "lost";
}

/** Sortable columns; the name is always shown, so it cannot be chosen. @type {Pick<Column, "id" | "value" | "unit">[]} */
export const SORTABLE = [...COLUMNS, { id: "name", value: ({ name }) => name }];

/** @param {RunsTable} table */
const wordsOf = ({ filter }) => filter.toLowerCase().split(/\s+/);

/** @param {Row} row @param {string[]} words */
const matches = (row, words) => holds([row.name, ...COLUMNS.map((column) => column.text(row))], words);

/** @param {string[]} texts @param {string[]} words */
function holds(texts, words) {
  const text = texts.join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

/**
 * Sort rows; missing values come last, and values are grouped by unit.
 * @param {Row[]} rows
 * @param {Pick<Column, "value" | "unit">} column
 * @param {boolean} descending
 */
function sorted(rows, { value, unit = () => "" }, descending) {
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (isNothing(a) || isNothing(b)) return Number(isNothing(a)) - Number(isNothing(b));
    if (unit(one) !== unit(other)) return unit(one) < unit(other) ? -1 : 1;
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

/**
 * Return the difference of a row from the baseline, or "".
 * @param {Column} column
 * @param {Row} row
 * @param {RunSummary | undefined} baseline
 */
export function deltaOf({ value, delta, unit = () => "" }, row, baseline) {
  if (!delta || !baseline || baseline.id === row.id) return "";
  const other = { ...baseline, status: "" };
  const [mine, its] = [value(row), value(other)];
  if (unit(row) !== unit(other)) return "";
  if (typeof mine !== "number" || typeof its !== "number" || !Number.isFinite(mine - its)) return "";
  return delta(mine - its);
}

/**
 * Return the best value of a sorted column; null where values cannot be compared, or where none is better than another.
 * @param {RunsTable} table
 * @param {Row[]} rows
 */
export function bestOf({ sort }, rows) {
  const column = COLUMNS.find(({ id }) => id === sort?.column);
  if (!column?.better) return null;
  const { value, unit = () => "" } = column;
  const measured = rows.filter((row) => Number.isFinite(value(row)));
  const ways = new Set(measured.map(column.better));
  if (measured.length < 2 || ways.size > 1 || new Set(measured.map(unit)).size > 1) return null;
  const values = measured.map((row) => Number(value(row)));
  return values.reduce((a, b) => (ways.has("lower") ? Math.min(a, b) : Math.max(a, b)));
}
