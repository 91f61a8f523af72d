/** All features of the page put together: the store with their slices, and their actions. */

import { createChart } from "../chart/actions.js";
import { createCommit } from "../config/fields.js";
import { createDataset } from "../dataset/actions.js";
import { createClient } from "../engine/client.js";
import { createExplain } from "../explain/actions.js";
import { createFlow } from "../flow/actions.js";
import { createGuide } from "../guide/actions.js";
import { createLegend } from "../legend/actions.js";
import { createLens } from "../lens/actions.js";
import { createMetrics } from "../metrics/actions.js";
import { createNetwork } from "../network/actions.js";
import { createPanels } from "../panels/actions.js";
import { createPhases } from "../phases/actions.js";
import { createRuns } from "../runs/actions.js";
import { createNewRun } from "../runs/new_run.js";
import { createSample } from "../sample/actions.js";
import { createSaving } from "../saving/actions.js";
import { createRestore } from "../saving/restore.js";
import { createUndo } from "../saving/undo.js";
import { createShare } from "../share/actions.js";
import { createTraining } from "../training/actions.js";
import { createBetween } from "./between_slices.js";
import { createPageFeature } from "./boot.js";
import { createAttempt, createPerform } from "./calls.js";
import { createPresent } from "./present.js";
import { createRecording } from "./recording.js";
import { createSettings } from "./settings.js";
import { createStore } from "./store.js";
import { createFollower, createSync } from "./sync.js";

/** @import { Feature } from "./store.js" */

/** @param {{reducedMotion: () => boolean}} visitor */
export function createPage({ reducedMotion }) {
  const store = createStore();
  const client = createClient({ onEvent: (event) => page.onEvent(event), onStop: (error) => page.onStop(error) });
  const { call } = client;
  const attempt = createAttempt(store);
  const commit = createCommit(store);
  const restore = createRestore({
    call,
    store,
    halt: (id) => store.get().run?.id === id && training.halt(),
    follow: () => settle().catch(() => {}),
  });
  const { settle } = createSync(call, store, {
    features: () => features,
    openData: (...data) => dataset.open(...data),
    autosave: restore,
  });
  const perform = createPerform(call, store, {
    training: () => training,
    autosave: restore,
    undo: () => undo,
    settle,
    follow: createFollower(settle),
  });
  const undo = createUndo(store, { perform, attempt });
  const between = createBetween(store, { call, features: () => features, saveChanged: restore.saveOwned });

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
    isDrawn: () => document.documentElement.dataset.drawn === "true",
    between: between.between,
    onPlay() {
      const { run } = store.get();
      if (run) saving.dismiss({ id: run.id, kind: "interrupted" });
      restore.persist();
      between.hurry(); // saved at once, so that a crash can be reported as an interruption
    },
  });
  const saving = createSaving(store, { restore, undo, call, attempt, settle, play: training.resume });
  const runs = createRuns(store, { perform, attempt, commit, undo });
  const newRun = createNewRun(store, { call, perform, persist: restore.persist });
  const share = createShare(store, { call, perform, attempt });
  const page = createPageFeature(store, client, {
    forget() {
      training.forgetLayout();
      dataset.forget();
    },
    async restore() {
      const [first] = await call("runs");
      await restore.restore();
      await share.openLinkAtStart(first.id);
      newRun.suggest(await call("plan_run"));
    },
    settle,
    async afterwards() {
      await explain.actions.followLink();
      guide.actions.followLink();
      await restore.catchUp();
    },
    stop: training.stop,
    holdsRuns: restore.holds,
    meanwhile: createRecording(store, { reducedMotion }).play,
  });

  const settings = createSettings(store);
  const panels = createPanels(store);
  const guide = createGuide(store);
  const present = createPresent(store);
  const network = createNetwork(store, { samplesOf, attempt });
  const legend = createLegend(store);
  const phases = createPhases(store, { call, perform, attempt, closeWhy: () => explain.actions.close(false) });
  const lens = createLens(store, { call, attempt, pause: training.actions.pause });
  const flow = createFlow(store, { call, attempt, pointAt: explain.actions.pointAt });
  const metrics = createMetrics(store, { call, attempt });
  const sample = createSample(store, { call, perform, attempt, samplesOf });
  const chart = createChart(store, { call, attempt, hover: runs.actions.hover });

  const named = {
    page,
    settings,
    panels,
    guide,
    present,
    runs,
    newRun,
    training,
    dataset,
    network,
    legend,
    explain,
    phases,
    lens,
    flow,
    metrics,
    sample,
    chart,
    saving,
    share,
  };
  /** @type {Feature[]} */
  const features = Object.values(named);
  for (const feature of features) store.add(/** @type {any} */ (feature));
  undo.announceLost();

  return { store, perform, actions: actionsOf(named) };
}

/** The actions of each feature, by its name. @template {Record<string, {actions: object}>} F @param {F} named */
function actionsOf(named) {
  const pairs = Object.entries(named).map(([name, { actions }]) => [name, actions]);
  return /** @type {{[N in keyof F]: F[N]["actions"]}} */ (Object.fromEntries(pairs));
}

/** @typedef {ReturnType<typeof createPage>["actions"]} Actions */
