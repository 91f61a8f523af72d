/** Runs side by side: how their table is arranged, which are drawn, and copies, twins and the archive. */

import { settingTyped } from "./draft.js";
import { written } from "./optimizers.js";
import { remember, remembered } from "./remembered.js";
import { USUAL } from "./runs_table.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./runs_table.js").RunsTable} RunsTable */
/** The Twin form: of which run, what is to differ, and the value as it is typed. @typedef {{id: string, field: TwinField, typed: string, refusal: string | null}} TwinDraft */
/** @typedef {"learning_rate" | "batch_size" | "loss_type" | "activation" | "optimizer" | import("./optimizers.js").Setting} TwinField */

const KEY = "runs_table";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {import("./actions.js").Actions["perform"]} outside.perform
 * @param {(title: string, deed: () => Promise<unknown>) => Promise<void>} outside.attempt
 */
export function createComparing(store, { perform, attempt }) {
  /** @param {Partial<RunsTable>} changes */
  function arrange(changes) {
    const table = { ...store.get().table, ...changes };
    store.set({ table });
    const { filter: _, ...lasting } = table;
    remember(KEY, lasting);
  }
  const nameOf = (/** @type {string} */ id) => store.get().runs.find((run) => run.id === id)?.name ?? "";

  /** Say which run is new. @param {() => Promise<import("./api.d.ts").RunSummary[]>} make @param {string} words */
  async function makeOne(make, words) {
    const before = new Set(store.get().runs.map(({ id }) => id));
    const made = (await make()).find(({ id }) => !before.has(id));
    store.set({ said: `“${made?.name}” was made. ${words}` });
  }

  return {
    /** @param {string} column  ascending, then descending, then as they were made */
    sort_runs(column) {
      const { sort } = store.get().table;
      if (sort?.column !== column) arrange({ sort: { column, descending: false } });
      else arrange({ sort: sort.descending ? null : { column, descending: true } });
    },
    /** @param {string} filter */
    filter_runs: (filter) => arrange({ filter }),
    /** @param {string} column @param {boolean} shown */
    choose_column(column, shown) {
      const others = store.get().table.columns.filter((id) => id !== column);
      arrange({ columns: shown ? [...others, column] : others });
    },
    /** @param {boolean} differing */
    show_differing: (differing) => arrange({ differing }),
    /** @param {boolean} archived */
    show_archived: (archived) => arrange({ archived }),
    /** @param {string} id  of the baseline, or of the run that is no longer to be it */
    set_baseline: (id) => arrange({ baseline: store.get().table.baseline === id ? null : id }),

    /** Draw the line of a run, or leave it out. @param {string} id */
    toggle_visible(id) {
      const { [id]: was, ...others } = store.get().hidden;
      store.set({ hidden: was ? others : { ...others, [id]: true } });
    },
    /** @param {string | null} id */
    hover_run(id) {
      if (store.get().hovered !== id) store.set({ hovered: id });
    },

    /** @param {string} id */
    duplicate: (id) =>
      attempt("The run could not be duplicated", () => makeOne(() => perform("duplicate_run", { id }), "")),
    /** @param {string} id @param {boolean} archived */
    archive: (id, archived) =>
      attempt("The run could not be archived", async () => {
        await perform("archive_run", { id, archived });
        const said = `“${nameOf(id)}” is ${archived ? "archived" : "back from the archive"}.`;
        store.set({ said, focus: { target: `archive-${id}`, otherwise: "runs" } });
      }),

    /** @param {string} id */
    open_twin: (id) => store.set({ dialog: "twin", twin: draftOf(store, id, "learning_rate") }),
    /** @param {TwinField} field */
    choose_twin_field(field) {
      const { twin } = store.get();
      if (twin) store.set({ twin: draftOf(store, twin.id, field) });
    },
    /** @param {string} typed */
    edit_twin(typed) {
      const { twin } = store.get();
      if (twin) store.set({ twin: { ...twin, typed, refusal: null } });
    },
    async create_twin() {
      const { twin } = store.get();
      if (!twin) return;
      const { id, field, typed } = twin;
      const changes = /** @type {import("./api.d.ts").TwinChanges} */ (
        /** @type {unknown} */ ({ [field]: settingTyped(field, typed) })
      );
      try {
        await makeOne(() => perform("twin_run", { id, changes }), "Play trains both in step.");
        store.set({ dialog: null, twin: null });
      } catch (error) {
        const refusal = /** @type {Error} */ (error).message;
        store.set({ twin: { ...twin, refusal }, focus: { target: "twin_value" } });
      }
    },
  };
}

/** @param {Store} store @param {string} id @param {TwinField} field @returns {TwinDraft | null} */
function draftOf(store, id, field) {
  const run = store.get().runs.find((candidate) => candidate.id === id);
  if (!run) return null;
  const { trainer, model } = run.config;
  return { id, field, typed: written(/** @type {any} */ ({ ...trainer, ...model })[field]), refusal: null };
}

/** The table as it was arranged last, as far as that still means something. @returns {RunsTable} */
export function storedTable() {
  const { sort, columns, differing, archived, baseline } = remembered(KEY);
  const isSort = typeof sort?.column === "string" && typeof sort.descending === "boolean";
  return {
    ...USUAL,
    sort: isSort ? { column: sort.column, descending: sort.descending } : USUAL.sort,
    columns: Array.isArray(columns) ? columns.filter((id) => typeof id === "string") : USUAL.columns,
    differing: differing === true,
    archived: archived === true,
    baseline: typeof baseline === "string" ? baseline : USUAL.baseline,
  };
}
