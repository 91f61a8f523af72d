/** All features of the page put together: the store with their slices, and their actions. */

import { createChart } from "../chart/actions.js";
import { createCode } from "../code/actions.js";
import { createCommit } from "../config/fields.js";
import { learnSchema } from "../config/schema.js";
import { createDataset } from "../dataset/actions.js";
import { createClient } from "../engine/client.js";
import { createExercises } from "../exercises/actions.js";
import { createExplain } from "../explain/actions.js";
import { createFlow } from "../flow/actions.js";
import { createGuide } from "../guide/actions.js";
import { createLegend } from "../legend/actions.js";
import { createLens } from "../lens/actions.js";
import { createLook } from "../look/actions.js";
import { createMetrics } from "../metrics/actions.js";
import { createNetwork } from "../network/actions.js";
import { sayAgain, toPartner } from "../network/keys.js";
import { createOffline } from "../offline/actions.js";
import { createPanels } from "../panels/actions.js";
import { createPhases } from "../phases/actions.js";
import { createRuns } from "../runs/actions.js";
import { createNewRun } from "../runs/new_run.js";
import { createSample } from "../sample/actions.js";
import { createSaving } from "../saving/actions.js";
import { SavedRuns } from "../saving/saved_runs.js";
import { createUndo } from "../saving/undo.js";
import { createShare } from "../share/actions.js";
import { createSweep } from "../sweep/actions.js";
import { createTraining } from "../training/actions.js";
import { createBetween } from "./between_slices.js";
import { createPageFeature } from "./boot.js";
import { createAttempt, createPerform } from "./calls.js";
import { createDebugging } from "./debugging.js";
import { createPresent } from "./present.js";
import { createRecording } from "./recording.js";
import { createSettings } from "./settings.js";
import { createStore } from "./store.js";
import { createFollower, createSync } from "./sync.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "./calls.js" */
/** @import { Feature, Store } from "./store.js" */

/** @param {{reducedMotion: () => boolean}} visitor */
export function createPage({ reducedMotion }) {
  const store = createStore();
  const client = createClient({ onEvent: (event) => page.onEvent(event), onStop: (error) => page.onStop(error) });
  const { call } = client;
  const attempt = createAttempt(store);
  const commit = createCommit(store);
  const { savedRuns, settle, perform, undo, between } = createServices(store, call, {
    attempt,
    features: () => features,
    training: () => training,
    openData: (...data) => dataset.open(...data),
  });

  const dataset = createDataset(store, { call, perform, attempt });
  const { samplesOf } = dataset;
  const explain = createExplain(store, { call, attempt });
  const training = createTraining(store, {
    call,
    perform,
    attempt,
    commit,
    samplesOf,
    settle,
    reducedMotion,
    isDrawn: () => document.documentElement.dataset.drawn !== "false",
    between: between.between,
    onPlay() {
      const { run } = store.get();
      if (run) saving.dismiss({ id: run.id, kind: "interrupted" });
      savedRuns.persist();
      between.hurry(); // saved at once, so that a crash can be reported as an interruption
    },
  });
  const saving = createSaving(store, { savedRuns, undo, call, attempt, settle, play: training.resume });
  const runs = createRuns(store, { perform, attempt, commit, undo });
  const newRun = createNewRun(store, { call, perform, persist: () => savedRuns.persist() });
  const sweep = createSweep(store, { call, settle, persist: () => savedRuns.persist() });
  const share = createShare(store, { call, perform, attempt });
  const page = createPageFeature(store, client, {
    forget() {
      training.forgetLayout();
      dataset.forget();
    },
    async restore() {
      learnSchema(await call("schema"));
      views.legend.learn();
      const [first] = await call("runs");
      await savedRuns.atStart();
      await share.openLinkAtStart(first.id);
      newRun.suggest(await call("plan_run"));
    },
    settle,
    async afterwards() {
      await explain.actions.followLink();
      views.look.actions.followLink();
      views.guide.actions.followLink();
      await savedRuns.catchUp();
      await offline.begin();
    },
    stop() {
      views.code.stopped();
      training.stop();
    },
    holdsRuns: () => savedRuns.autosave.holdsRuns(),
    meanwhile: createRecording(store, { reducedMotion }).play,
  });

  const { restart } = page.actions;
  const views = createViews(store, { call, perform, attempt, samplesOf, explain, training, runs, restart });
  const offline = createOffline(store, {
    halt: async () => training.halt(),
    save: () => saving.actions.saveNow().then(() => savedRuns.autosave.written()),
    play: training.resume,
  });
  const named = { page, offline, ...views, runs, newRun, sweep, training, dataset, explain, saving, share };
  /** @type {Feature[]} */
  const features = Object.values(named);
  for (const feature of features) store.add(/** @type {any} */ (feature));
  undo.announceLost();

  return { store, perform, actions: actionsOf(named), debugging: createDebugging(store, client.observe) };
}

/**
 * Services that change, save and restore runs. Features are read when needed: they are made later.
 * @param {Store} store
 * @param {Client["call"]} call
 * @param {object} outside
 * @param {Attempt} outside.attempt
 * @param {() => readonly Feature[]} outside.features
 * @param {() => ReturnType<typeof createTraining>} outside.training
 * @param {ReturnType<typeof createDataset>["open"]} outside.openData
 */
function createServices(store, call, { attempt, features, training, openData }) {
  const savedRuns = new SavedRuns({
    call,
    store,
    halt: (id) => store.get().run?.id === id && training().halt(),
    follow: () => settle().catch(() => {}),
  });
  const { settle } = createSync(call, store, { features, openData, savedRuns });
  /** @type {Perform} */
  const perform = createPerform(call, store, {
    training,
    autosave: savedRuns.autosave,
    undo: () => undo,
    settle,
    follow: createFollower(settle),
  });
  const undo = createUndo(store, { perform, attempt });
  const between = createBetween(store, { call, features, saveChanged: (runs) => savedRuns.autosave.saveOwned(runs) });
  return { savedRuns, settle, perform, undo, between };
}

/**
 * Features that show a run, made from those that change one.
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {Perform} outside.perform
 * @param {Attempt} outside.attempt
 * @param {ReturnType<typeof createDataset>["samplesOf"]} outside.samplesOf
 * @param {ReturnType<typeof createExplain>} outside.explain
 * @param {ReturnType<typeof createTraining>} outside.training
 * @param {ReturnType<typeof createRuns>} outside.runs
 * @param {() => Promise<void>} outside.restart  end Python and start it again
 */
function createViews(store, { call, perform, attempt, samplesOf, explain, training, runs, restart }) {
  return {
    settings: createSettings(store),
    panels: createPanels(store),
    guide: createGuide(store),
    present: createPresent(store),
    network: createNetwork(store, { samplesOf, attempt, keyboard: { toPartner, sayAgain } }),
    legend: createLegend(store),
    phases: createPhases(store, { call, perform, attempt, closeWhy: () => explain.actions.close(false) }),
    lens: createLens(store, { call, attempt, pause: training.actions.pause }),
    look: createLook(store),
    flow: createFlow(store, { call, attempt, pointAt: explain.actions.pointAt }),
    exercises: createExercises(store, { call, perform, attempt, play: training.actions.play }),
    code: createCode(store, { call, perform, attempt, restart }),
    metrics: createMetrics(store, { call, attempt }),
    sample: createSample(store, { call, perform, attempt, samplesOf }),
    chart: createChart(store, { call, attempt, hover: runs.actions.hover }),
  };
}

/** The actions of each feature, by its name. @template {Record<string, {actions: object}>} F @param {F} named */
function actionsOf(named) {
  const pairs = Object.entries(named).map(([name, { actions }]) => [name, actions]);
  return /** @type {{[N in keyof F]: F[N]["actions"]}} */ (Object.fromEntries(pairs));
}

/** @typedef {ReturnType<typeof createPage>["actions"]} Actions */
