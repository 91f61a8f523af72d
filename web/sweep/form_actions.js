/** The form of a sweep as actions: settings, their values, and the plan of the runs. */

import { readDraft, refusalOf } from "./draft.js";
import { secondsFor, workersFor } from "./estimate.js";
import { fieldOf, settingAt, valueAt, variedSettings } from "./settings.js";
import { typedText, typedValues } from "./values.js";

/** @import { SweepPlan } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Scout } from "./scout.js" */
/** @import { Row, SweepDraft, SweepState } from "./state.js" */

/** Suggestions for the first sweep. @type {SweepDraft} */
const FIRST = {
  rows: [
    { field: "trainer.learning_rate", typed: "0.3, 0.1, 0.03" },
    { field: "model.hidden_dims", typed: "16, 32-32" },
  ],
  epochs: "20",
};

/**
 * @param {Store} store
 * @param {{call: Client["call"], scout: Scout}} outside
 */
export function createSweepForm(store, { call, scout }) {
  const mine = () => store.get().sweep;
  let isPlanning = false;

  /** Plan the newest draft; while an answer is pending, only the newest is planned next. */
  async function plan() {
    if (isPlanning) return;
    isPlanning = true;
    let asked;
    while (asked !== mine().draft) {
      asked = mine().draft;
      store.set({ sweep: await planned(asked) });
    }
    isPlanning = false;
    await measure();
  }

  /** @param {SweepDraft} draft @returns {Promise<Partial<SweepState>>} */
  async function planned(draft) {
    const read = readDraft(draft);
    if ("refusal" in read) return { plan: null, refusal: read.refusal };
    return call("plan_sweep", { base: store.get().run?.config ?? null, ...read }).then(
      (plan) => ({ plan, refusal: null, seconds: null }),
      ({ message }) => ({ plan: null, refusal: refusalOf(message, draft.rows) }),
    );
  }

  /** Estimate the time of the newest plan. */
  async function measure() {
    for (let asked = null; asked !== mine().plan; ) {
      asked = mine().plan;
      if (asked) await scout.measure(asked);
    }
    const { plan: newest } = mine();
    if (newest) store.set({ sweep: { seconds: secondsOf(newest) ?? Number.NaN } });
  }

  /** @param {SweepPlan} plan */
  function secondsOf({ runs }) {
    const workers = workersFor(mine().cores, runs.length);
    return secondsFor(scout.measured, runs, { workers, startMs: workers > 1 ? scout.startMs : 0 });
  }

  /** @param {Partial<SweepDraft>} changes */
  function change(changes) {
    store.set({ sweep: { draft: { ...mine().draft, ...changes } } });
    return plan();
  }

  /** @param {string} field @param {Partial<Row>} changes */
  const changeRow = (field, changes) =>
    change({ rows: mine().draft.rows.map((row) => (row.field === field ? { ...row, ...changes } : row)) });

  return {
    /** Open the form. What was typed before is still there. */
    open() {
      if (mine().draft.rows.length === 0) store.set({ sweep: { draft: FIRST } });
      store.set({ page: { dialog: "sweep" }, sweep: { plan: null, refusal: null, seconds: null } });
      if (!mine().sweep?.isRunning) scout.start();
      return plan();
    },
    /** @param {string} field @param {string} typed */
    editValues: (field, typed) => changeRow(field, { typed }),
    /** @param {string} epochs */
    editEpochs: (epochs) => change({ epochs }),
    /** Choose another setting for a row. @param {string} field @param {string} other */
    chooseField: (field, other) => changeRow(field, { field: other, typed: suggested(store, other) }),
    addRow() {
      const taken = new Set(mine().draft.rows.map((row) => row.field));
      const free = variedSettings(optimizersOf(store)).map(fieldOf);
      const field = ["model.seed", ...free].find((each) => free.includes(each) && !taken.has(each));
      if (!field) return undefined;
      store.set({ page: { focus: { target: `sweep-field-${field}` } } });
      return change({ rows: [...mine().draft.rows, { field, typed: suggested(store, field) }] });
    },
    /** @param {string} field */
    removeRow(field) {
      store.set({ page: { focus: { target: "sweep-add" } } });
      return change({ rows: mine().draft.rows.filter((row) => row.field !== field) });
    },
  };
}

/** The value of the active run, as a start; a few seeds. @param {Store} store @param {string} field */
function suggested(store, field) {
  const setting = settingAt(field);
  const config = store.get().run?.config;
  if (!setting || !config) return "";
  return setting.kind === "seed" ? "0, 1" : typedText(setting, valueAt(config, field));
}

/** The optimizers that the runs of the form have. @param {Pick<Store, "get">} store @returns {string[]} */
export function optimizersOf(store) {
  const { run, sweep } = store.get();
  const row = sweep.draft.rows.find(({ field }) => field === "trainer.optimizer");
  const setting = settingAt("trainer.optimizer");
  const read = row && setting ? typedValues(setting, row.typed) : null;
  if (read && "values" in read) return read.values.map(String);
  return run ? [run.config.trainer.optimizer] : [];
}
