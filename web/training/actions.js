/** Training as a feature: Play and Pause, single steps, and settings of the active run. */

import { settingTyped, stoppingValue } from "../config/form.js";
import { unpack } from "../tensors/frame.js";
import { describeRun } from "../ui/format.js";
import { asTyped } from "../ui/typed.js";
import { createPlayer } from "./player.js";
import { initialTraining, progressOf } from "./state.js";

/** @import { Frame, Layout, LossType, Mode, Sample } from "../api.d.ts" */
/** @import { Commit } from "../config/fields.js" */
/** @import { Setting } from "../config/optimizers_text.js" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */

/** During Play the speed and the meters follow at this interval. Milliseconds. */
const REFRESH = 250;
/** Interval between two frames with reduced motion. Milliseconds. */
const REDUCED_MOTION_INTERVAL = 500;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {Perform} outside.perform
 * @param {Attempt} outside.attempt
 * @param {Commit} outside.commit
 * @param {(batch: Int32Array) => Sample[]} outside.samplesOf
 * @param {() => Promise<void>} outside.settle
 * @param {() => void} outside.onPlay  before the first slice
 * @param {(id: string) => Promise<void>} outside.between  two slices
 * @param {() => boolean} outside.reducedMotion
 */
export function createTraining(store, outside) {
  const { call, perform, attempt, commit, samplesOf, settle, onPlay, between, reducedMotion } = outside;
  const player = createPlayer({ advance, onFrame, between });
  /** The layout in which frames are sent. @type {{id: string, layout: Layout} | null} */
  let layout = null;
  const last = { refreshed: 0, drawn: 0 };
  /** Each Play has its own number: the failure of one that is over does not end the next. */
  let turn = 0;

  /** Whether no other tab has a twin of this run. @param {string} id */
  function ownsTwins(id) {
    const { runs, saving } = store.get();
    const twins = runs.list.find((run) => run.id === id)?.twins ?? [];
    return !twins.some((twin) => saving.elsewhere.includes(twin));
  }

  /** @param {{id: string, steps: number, max_ms: number, metrics: boolean, go_on: boolean}} params */
  function advance(params) {
    const asked = { ...params, twins: ownsTwins(params.id) };
    return call("advance", layout ? { ...asked, layout_id: layout.id } : asked);
  }

  /** @param {Frame} frame @param {number} speed */
  function onFrame(frame, speed) {
    const { run } = store.get();
    const now = performance.now();
    if (frame.layout) layout = { id: frame.layout_id, layout: frame.layout };
    if (!layout || !run || frame.run_id !== run.id) return;
    if (reducedMotion() && now - last.drawn < REDUCED_MOTION_INTERVAL) return;
    last.drawn = now;
    const net = { ...unpack(frame, layout.layout), passing: true };
    store.set({
      network: { net, samples: samplesOf(frame.batch) },
      training: { batchLoss: frame.loss, batchAccuracy: frame.accuracy, progress: progressOf(frame, run) },
    });
    if (now - last.refreshed < REFRESH) return;
    last.refreshed = now;
    store.set({ training: { speed }, network: { batch: frame.batch, metered: net } });
  }

  function halt() {
    player.stop();
    turn++;
    if (store.get().training.playing)
      store.set({ training: { playing: false }, page: { announcement: "Play stopped." } });
  }

  /** @param {"run_single" | "train_batch" | "train_epoch"} method @param {string} unit */
  async function step(method, unit) {
    store.set({ page: { busy: `Running one ${unit} …` } });
    await attempt(`The ${unit} could not be run`, async () => {
      await perform(method, { update: store.get().training.mode === "train" });
      store.set({ page: { announcement: describeRun(store.get()) } });
    });
    store.set({ page: { busy: null } });
  }

  async function play() {
    const { run, training, saving } = store.get();
    if (!run || training.playing || training.mode !== "train" || saving.elsewhere.includes(run.id)) return;
    store.set({ training: { playing: true }, phases: { phasing: null }, page: { announcement: "Playing" } });
    onPlay();
    const { dataset, trainer } = run.config;
    const batches = Math.ceil(dataset.num_samples / trainer.batch_size); // the held-out samples are measured too
    const mine = ++turn;
    await attempt("Training has stopped", async () => {
      try {
        if (await player.play({ id: run.id, batches })) await ended();
      } catch (error) {
        if (mine === turn) halt();
        await settle().catch(() => {}); // the cause of the stop matters more
        throw error;
      }
    });
  }

  /** Every run in training has stopped automatically. */
  async function ended() {
    store.set({ training: { playing: false } });
    await settle();
    const { run, training } = store.get();
    if (!training.playing) store.set({ page: { announcement: run?.stopped?.sentence ?? describeRun(store.get()) } });
  }

  async function pause() {
    const { run } = store.get();
    store.set({ training: { playing: false } });
    await player.finish();
    await attempt("The state could not be read", settle);
    const { run: now, training } = store.get();
    if (!training.playing && now?.id === run?.id)
      store.set({ page: { announcement: `Paused. ${describeRun(store.get())}` } });
  }

  return {
    name: /** @type {const} */ ("training"),
    initial: initialTraining(),
    ownsTwins,
    halt,
    hold: player.hold,
    stop: player.stop,
    /** Python starts again, and knows no layout. */
    forgetLayout() {
      layout = null;
    },
    /** Continue with a run that is not the active one. @param {string} id */
    async resume(id) {
      await attempt("The run could not be activated", () => perform("activate_run", { id }));
      store.set({ training: { mode: "train" } });
      await play();
    },
    actions: {
      runSingle: () => step("run_single", "step"),
      trainBatch: () => step("train_batch", "batch"),
      trainEpoch: () => step("train_epoch", "epoch"),
      play,
      pause,
      /** Decided when it is pressed, not when the button was drawn. */
      playOrPause: () => (store.get().training.playing ? pause() : play()),

      /** @param {Mode} mode */
      async setMode(mode) {
        const { playing } = store.get().training;
        halt();
        store.set({ training: { mode } });
        if (playing) await attempt("The state could not be read", settle);
      },

      /** @param {string} typed */
      setLearningRate: (typed) =>
        commit("learning_rate", typed, () =>
          perform("trainer_config", { learning_rate: /** @type {number} */ (asTyped(typed, "learning_rate")) }),
        ),
      /** @param {string} typed */
      setBatchSize: (typed) =>
        commit("batch_size", typed, () =>
          perform("update_batch_size", { batch_size: /** @type {number} */ (asTyped(typed, "batch_size")) }),
        ),
      /** @param {string} chosen */
      setLossType: (chosen) =>
        commit("loss_type", chosen, () => perform("update_loss_type", { loss_type: /** @type {LossType} */ (chosen) })),
      /** @param {"optimizer" | Setting} field @param {string} typed */
      setOptimizer: (field, typed) =>
        commit(field, typed, () => perform("trainer_config", { [field]: settingTyped(field, typed) })),
      /** @param {string} name  of a field that `stopping_config` knows @param {string} typed */
      setStopping: (name, typed) =>
        commit(`stopping.${name}`, typed, () => perform("stopping_config", { [name]: stoppingValue(name, typed) })),
    },
  };
}
