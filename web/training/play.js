/** Play as the page knows it: its beginning, its pause, and what follows when it ends. */

import { describeRun } from "../ui/format.js";

/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Player } from "./player.js" */

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Attempt} outside.attempt
 * @param {() => Promise<void>} outside.settle
 * @param {Player} outside.player
 * @param {(() => void)[]} outside.onPlay  before the first slice
 */
export function createPlay(store, { attempt, settle, player, onPlay }) {
  /** Each Play has its own number: the failure of one that is over does not end the next. */
  let turn = 0;

  function halt() {
    player.stop();
    turn++;
    if (store.get().training.playing)
      store.set({ training: { playing: false }, page: { announcement: "Play stopped." } });
  }

  async function play() {
    const { run, training, saving } = store.get();
    if (!run || training.playing || training.mode !== "train" || saving.elsewhere.includes(run.id)) return;
    store.set({ training: { playing: true }, phases: { phasing: null }, page: { announcement: "Playing" } });
    for (const begin of onPlay) begin();
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

  return { halt, play, pause };
}
