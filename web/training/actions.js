/** Training as a feature: Play and Pause, single steps, and settings of the active run. */

import { describeRun } from "../ui/format.js";
import { createFrames } from "./frames.js";
import { createPlay } from "./play.js";
import { Player } from "./player.js";
import { createSettingActions } from "./setting_actions.js";
import { createSpeed } from "./speed_actions.js";
import { initialTraining } from "./state.js";

/** @import { Frame, Mode, Sample } from "../api.d.ts" */
/** @import { Commit } from "../config/fields.js" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */

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
 * @param {() => boolean} outside.isDrawn  whether the last frame is on screen
 */
export function createTraining(store, outside) {
  const { call, perform, attempt, commit, samplesOf, settle, onPlay, between, reducedMotion, isDrawn } = outside;
  const frames = createFrames(store, { samplesOf, reducedMotion, isDrawn });
  const speed = createSpeed(store, { reducedMotion, wake: () => player.wake() });
  const player = new Player({
    advance: (slice) =>
      frames.request(
        (asked) => /** @type {Promise<Frame>} */ (call("advance", { ...slice, twins: ownsTwins(slice.id), ...asked })),
      ),
    onFrame: frames.onFrame,
    between,
    speed: () => store.get().training.speed,
    hidden: () => document.hidden,
  });
  const { halt, play, pause } = createPlay(store, { attempt, settle, player, onPlay: [speed.onPlay, onPlay] });
  /** Whether no other tab has a twin of this run. @param {string} id */
  function ownsTwins(id) {
    const { runs, saving } = store.get();
    const twins = runs.list.find((run) => run.id === id)?.twins ?? [];
    return !twins.some((twin) => saving.elsewhere.includes(twin));
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

  return {
    name: /** @type {const} */ ("training"),
    initial: { ...initialTraining(), ...speed.initial },
    ownsTwins,
    halt,
    hold: () => player.hold(),
    stop: () => player.stop(),
    /** Python starts again, and knows no layout. */
    forgetLayout: frames.forget,
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

      ...speed.actions,
      ...createSettingActions(store, { perform, commit }),
    },
  };
}
