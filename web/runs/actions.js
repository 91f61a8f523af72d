/** The runs as a feature: arrange, activate, reset, rename, copy, archive, delete. */

import { ofRun, withoutRun } from "../ui/of_run.js";
import { createArrangement, storedTable } from "./arrange.js";
import { storedLines } from "./lines.js";
import { listed } from "./state.js";
import { createTwinForm } from "./twin_form.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Commit } from "../config/fields.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */
/** @import { RunsState } from "./state.js" */

const ONLY_RUN = {
  title: "The run could not be deleted",
  message: "It is the only run. Create another one first.",
  traceback: "",
};

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Perform} outside.perform
 * @param {Attempt} outside.attempt
 * @param {Commit} outside.commit
 * @param {{prune: (runs: RunSummary[]) => void}} outside.undo
 */
export function createRuns(store, { perform, attempt, commit, undo }) {
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
      ...createArrangement(store),
      ...createTwinForm(store, { perform, makeOne }),
      ...createWeights(store, { perform, attempt }),
      /** @param {string} id */
      activate: (id) => attempt("The run could not be activated", () => perform("activate_run", { id })),
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
    },
  };
}

/**
 * Actions that put earlier weights of a run back.
 * @param {Store} store
 * @param {{perform: Perform, attempt: Attempt}} outside
 */
function createWeights(store, { perform, attempt }) {
  return {
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
  };
}
