/** The state of the page: one slice for each feature, and the active run derived from them. */

/** @import { Overview, RunSummary } from "../api.d.ts" */
/** @import { ChartState } from "../chart/actions.js" */
/** @import { CodeState } from "../code/state.js" */
/** @import { DatasetState } from "../dataset/state.js" */
/** @import { ExercisesState } from "../exercises/state.js" */
/** @import { ExplainState } from "../explain/actions.js" */
/** @import { FlowState } from "../flow/actions.js" */
/** @import { GuideState } from "../guide/actions.js" */
/** @import { LegendState } from "../legend/actions.js" */
/** @import { LensState } from "../lens/actions.js" */
/** @import { LookState } from "../look/state.js" */
/** @import { MetricsState } from "../metrics/actions.js" */
/** @import { Net, NetworkState } from "../network/state.js" */
/** @import { OfflineState } from "../offline/actions.js" */
/** @import { PanelsState } from "../panels/state.js" */
/** @import { PhasesState } from "../phases/actions.js" */
/** @import { NewRunState } from "../runs/new_run.js" */
/** @import { RunsState } from "../runs/state.js" */
/** @import { SampleState } from "../sample/state.js" */
/** @import { SavingState } from "../saving/state.js" */
/** @import { ShareState } from "../share/actions.js" */
/** @import { SweepState } from "../sweep/state.js" */
/** @import { TrainingState } from "../training/state.js" */
/** @import { PresentState } from "./present.js" */
/** @import { SettingsState } from "./settings.js" */
/** @import { PageState } from "./state.js" */
/**
 * @typedef {object} Slices
 * @property {PageState} page
 * @property {SettingsState} settings
 * @property {OfflineState} offline
 * @property {PanelsState} panels
 * @property {GuideState} guide
 * @property {PresentState} present
 * @property {RunsState} runs
 * @property {NewRunState} newRun
 * @property {SweepState} sweep
 * @property {TrainingState} training
 * @property {NetworkState} network
 * @property {DatasetState} dataset
 * @property {LegendState} legend
 * @property {ExplainState} explain
 * @property {PhasesState} phases
 * @property {LensState} lens
 * @property {LookState} look
 * @property {FlowState} flow
 * @property {CodeState} code
 * @property {ExercisesState} exercises
 * @property {MetricsState} metrics
 * @property {SampleState} sample
 * @property {ChartState} chart
 * @property {SavingState} saving
 * @property {ShareState} share
 */
/** The slices, and `run`: the active run, as it is by the newest slice of Play. @typedef {Slices & {readonly run: RunSummary | null}} State */
/**
 * A consistent answer after a change.
 * @typedef {object} Fresh
 * @property {Net & Pick<import("../api.d.ts").State, "batch" | "loss" | "accuracy">} state  of the active run
 * @property {RunSummary | null} run
 * @property {Overview} overview
 * @property {boolean} isPartial  only some runs' curves are in it
 */
/**
 * A feature of the page. It reads all of the state; its slice and its actions have its name.
 * @typedef {object} Feature
 * @property {keyof Slices} name
 * @property {object} initial  its initial slice, including stored preferences
 * @property {object} actions  the visitor's actions
 * @property {(fresh: Fresh) => Patch | Promise<unknown> | undefined} [follow]  after a call that changed something: a patch, or a promise
 * @property {() => Promise<unknown>} [between]  two slices of training, as often as it is due
 */
/** New values for parts of some slices. @typedef {{[S in keyof Slices]?: Partial<Slices[S]>}} Patch */

/** @param {Partial<Slices>} [slices]  more are added with the features */
export function createStore(slices = {}) {
  let state = patched(/** @type {State} */ ({ run: null, ...slices }), {});
  /** @type {Set<(state: State) => void>} */
  const listeners = new Set();

  return {
    get: () => state,

    /** Add the slice of a feature. @template {keyof Slices} S @param {{name: S, initial: Slices[S]}} feature */
    add({ name, initial }) {
      state = { ...state, [name]: initial };
    },

    /** @param {Patch} patch */
    set(patch) {
      state = patched(state, patch);
      for (const listener of listeners) listener(state);
    },

    /** @param {(state: State) => void} listener */
    subscribe(listener) {
      listeners.add(listener);
    },
  };
}

/** @typedef {ReturnType<typeof createStore>} Store */

/** Merge patches; the last value of a part wins. @param {(Patch | undefined)[]} patches @returns {Patch} */
export function combined(patches) {
  /** @type {Record<string, object>} */
  const all = {};
  for (const patch of patches)
    for (const [slice, changes] of Object.entries(patch ?? {})) all[slice] = { ...all[slice], ...changes };
  return all;
}

/** @param {State} state @param {Patch} patch @returns {State} */
function patched(state, patch) {
  /** @type {any} */
  const next = { ...state };
  for (const [slice, changes] of Object.entries(patch)) next[slice] = { ...next[slice], ...changes };
  next.run = activeRun(next, state);
  return next;
}

/**
 * Derive the active run; the same object as before while nothing in it has changed.
 * @param {State} state @param {State} before @returns {RunSummary | null}
 */
function activeRun({ runs, training }, before) {
  const listed = runs?.list?.find(({ active }) => active) ?? null;
  const progress = training?.progress;
  if (!listed || progress?.run_id !== listed.id) return listed;
  const isSame = runs.list === before.runs?.list && progress === before.training?.progress;
  return isSame ? before.run : { ...listed, ...progress.run };
}
