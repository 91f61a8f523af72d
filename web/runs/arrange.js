/** The arrangement of the table of runs: order, filter, columns and baseline, as actions. */

import { remember, remembered } from "../ui/preferences.js";
import { COLUMNS } from "./columns.js";
import { SORTABLE, USUAL } from "./table.js";

/** @import { Store } from "../page/store.js" */
/** @import { RunsTable } from "./table.js" */

const KEY = "runs_table";
const IDS = COLUMNS.map(({ id }) => id);

/** @param {Store} store */
export function createArrangement(store) {
  /** @param {Partial<RunsTable>} changes */
  function arrange(changes) {
    const table = { ...store.get().runs.table, ...changes };
    store.set({ runs: { table } });
    const { filter: _, ...lasting } = table;
    remember(KEY, lasting);
  }

  return {
    /** @param {string} column  ascending, then descending, then as they were made */
    sort(column) {
      const { sort } = store.get().runs.table;
      if (sort?.column !== column) arrange({ sort: { column, descending: false } });
      else arrange({ sort: sort.descending ? null : { column, descending: true } });
    },
    /** @param {string} filter */
    filter: (filter) => arrange({ filter }),
    /** @param {string} column @param {boolean} shown */
    chooseColumn(column, shown) {
      const others = store.get().runs.table.columns.filter((id) => id !== column);
      arrange({ columns: shown ? [...others, column] : others });
    },
    /** @param {boolean} differing */
    showDiffering: (differing) => arrange({ differing }),
    /** @param {boolean} archived */
    showArchived: (archived) => arrange({ archived }),
    /** @param {string} id  of the new baseline, or of the current one to clear it */
    setBaseline: (id) => arrange({ baseline: store.get().runs.table.baseline === id ? null : id }),
  };
}

/** Stored arrangement of the table; invalid values fall back to defaults. @returns {RunsTable} */
export function storedTable() {
  const { sort, columns, differing, archived, baseline } = remembered(KEY);
  const isSort = SORTABLE.some(({ id }) => id === sort?.column) && typeof sort.descending === "boolean";
  return {
    ...USUAL,
    sort: isSort ? { column: sort.column, descending: sort.descending } : USUAL.sort,
    columns: Array.isArray(columns) ? IDS.filter((id) => columns.includes(id)) : USUAL.columns,
    differing: differing === true,
    archived: archived === true,
    baseline: typeof baseline === "string" ? baseline : USUAL.baseline,
  };
}
