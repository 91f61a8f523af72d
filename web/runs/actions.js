/** The runs as a feature: arrange, activate, reset, rename, copy, archive, delete. */

import { settingTyped } from "../config/form.js";
import { settingText } from "../config/optimizers_text.js";
import { ofRun, withoutRun } from "../ui/of_run.js";
import { remember, remembered } from "../ui/preferences.js";
import { COLUMNS } from "./columns.js";
import { storedLines } from "./lines.js";
import { listed } from "./state.js";
import { SORTABLE, USUAL } from "./table.js";

/** @import { RunSummary, TwinChanges } from "../api.d.ts" */
/** @import { Commit } from "../config/fields.js" */
/** @import { Setting } from "../config/optimizers_text.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */
/** @import { RunsState } from "./state.js" */
/** @import { RunsTable } from "./table.js" */
/** The Twin form: its run, the differing setting, and the typed value. @typedef {{id: string, field: TwinField, typed: string, refusal: string | null}} TwinDraft */
/** @typedef {"learning_rate" | "batch_size" | "loss_type" | "activation" | "optimizer" | Setting} TwinField */

const ONLY_RUN = {
  title: "The run could not be deleted",
  message: "It is the only run. Create another one first.",
  traceback: "",
};
const KEY = "runs_table";
const SAME = "Same value as in the original run: choose another one, or use Duplicate for a copy.";
const IDS = COLUMNS.map(({ id }) => id);

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Perform} outside.perform
 * @param {Attempt} outside.attempt
 * @param {Commit} outside.commit
 * @param {{prune: (runs: RunSummary[]) => void}} outside.undo
 */
export function createRuns(store, { perform, attempt, commit, undo }) {
  /** @param {Partial<RunsTable>} changes */
  function arrange(changes) {
    const table = { ...store.get().runs.table, ...changes };
    store.set({ runs: { table } });
    const { filter: _, ...lasting } = table;
    remember(KEY, lasting);
  }
  const nameOf = (/** @type {string} */ id) => store.get().runs.list.find((run) => run.id === id)?.name ?? "";

  /** Create a run and announce it. @param {() => Promise<RunSummary[]>} make @param {string} words */
  async function makeOne(make, words) {
    const before = new Set(store.get().runs.list.map(({ id }) => id));
    const made = (await make()).find(({ id }) => !before.has(id));
    store.set({ page: { announcement: `“${made?.name}” was created. ${words}` } });
  }

  return {
    name: /** @type {const} */ ("runs"),
    /** @type {RunsState} */
    initial: {
      list: [],
      ...storedLines(),
      hovered: null,
      renaming: null,
      table: storedTable(),
      twin: null,
    },
    /** @param {Fresh} fresh @returns {Patch} */
    follow({ overview: { runs } }) {
      undo.prune(runs);
      return listed(store.get(), runs);
    },
    actions: {
      /** @param {string} id */
      activate: (id) => attempt("The run could not be activated", () => perform("activate_run", { id })),
      /** Restore the best weights of a run; undoable. @param {string} id */
      restoreBest: (id) =>
        attempt("The best weights could not be restored", async () => {
          await perform("restore_best", { id });
          const announcement = "The best weights are restored, and the optimizer's state is reset to zero.";
          store.set({ page: { announcement, focus: { target: "undo" } } });
        }),
      /** Restore the initial weights of a run; undoable. @param {string} id */
      restoreFirst: (id) =>
        attempt("The initial weights could not be restored", async () => {
          await perform("restore_first", { id });
          const announcement = "The initial weights are restored, and the optimizer's state is reset to zero.";
          store.set({ page: { announcement, focus: { target: "undo" } } });
        }),
      /** @param {string} id */
      reset: (id) => attempt("The run could not be reset", () => perform("reset_run", { id })),
      /** @param {string} id */
      async delete(id) {
        if (store.get().runs.list.length === 1) return store.set({ page: { alert: ONLY_RUN } });
        await attempt("The run could not be deleted", async () => {
          await perform("delete_run", { id });
          store.set({ page: { focus: { target: "undo" } } });
        });
      },
      /** Edit the name of a run in its place. @param {string | null} id */
      editName(id) {
        const { renaming } = store.get().runs;
        const { name: _, ...refusals } = store.get().training.refusals;
        const target = id ? "name" : `actions-${renaming}`;
        store.set({ runs: { renaming: id }, training: { refusals }, page: { focus: { target } } });
      },
      /** @param {string} id @param {string} name */
      async rename(id, name) {
        if (store.get().runs.renaming !== id) return;
        const done = await commit("name", name, () => perform("rename_run", { id, name }));
        if (!done) return store.set({ page: { focus: { target: "name" } } });
        store.set({ runs: { renaming: null }, page: { focus: { target: `actions-${id}` } } });
      },

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

      /** Show or hide the line of a run. @param {string} id */
      toggleVisible(id) {
        const {
          runs: { hidden },
        } = store.get();
        store.set({ runs: { hidden: ofRun(hidden, id) ? withoutRun(hidden, id) : { ...hidden, [id]: true } } });
      },
      /** @param {string | null} id */
      hover(id) {
        if (store.get().runs.hovered !== id) store.set({ runs: { hovered: id } });
      },

      /** @param {string} id */
      duplicate: (id) =>
        attempt("The run could not be duplicated", () => makeOne(() => perform("duplicate_run", { id }), "")),
      /** @param {string} id @param {boolean} archived */
      archive: (id, archived) =>
        attempt("The run could not be archived", async () => {
          await perform("archive_run", { id, archived });
          const announcement = `“${nameOf(id)}” is ${archived ? "archived" : "back from the archive"}.`;
          store.set({ page: { announcement, focus: { target: `actions-${id}`, otherwise: "runs" } } });
        }),

      /** @param {string} id @param {TwinField} [field] @param {string} [typed]  a suggestion */
      openTwin(id, field = "learning_rate", typed) {
        const twin = draftOf(store, id, field);
        if (twin) store.set({ page: { dialog: "twin" }, runs: { twin: { ...twin, typed: typed ?? twin.typed } } });
      },
      /** @param {TwinField} field */
      chooseTwinField(field) {
        const {
          runs: { twin },
        } = store.get();
        if (twin) store.set({ runs: { twin: draftOf(store, twin.id, field) } });
      },
      /** @param {string} typed */
      editTwin(typed) {
        const {
          runs: { twin },
        } = store.get();
        if (twin) store.set({ runs: { twin: { ...twin, typed, refusal: null } } });
      },
      async createTwin() {
        const {
          runs: { twin },
        } = store.get();
        if (!twin) return;
        const refuse = (/** @type {string} */ refusal) =>
          store.set({ runs: { twin: { ...twin, refusal } }, page: { focus: { target: "twin_value" } } });
        const { id, field, typed } = twin;
        const run = store.get().runs.list.find((candidate) => candidate.id === id);
        if (run && settingTyped(field, typed) === settingOf(run, field)) return refuse(SAME);
        const changes = /** @type {TwinChanges} */ (/** @type {unknown} */ ({ [field]: settingTyped(field, typed) }));
        try {
          await makeOne(() => perform("twin_run", { id, changes }), "Play trains both in step.");
          if (store.get().page.dialog === "twin") store.set({ page: { dialog: null }, runs: { twin: null } });
        } catch (error) {
          refuse(/** @type {Error} */ (error).message);
        }
      },
    },
  };
}

/**
 * @param {Store} store
 * @param {string} id
 * @param {TwinField} field
 * @returns {TwinDraft | null}
 */
function draftOf(store, id, field) {
  const run = store.get().runs.list.find((candidate) => candidate.id === id);
  if (!run) return null;
  return { id, field, typed: settingText(settingOf(run, field)), refusal: null };
}

/** @param {RunSummary} run @param {TwinField} field @returns {any} */
const settingOf = ({ config: { trainer, model } }, field) =>
  field === "activation" ? model.activation : trainer[field];

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
