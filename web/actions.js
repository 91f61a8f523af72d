/**
 * What can be done on this page. Only here is Python talked to.
 *
 * Every call, from a button or from `window.backprop`, takes the same way: `perform` asks Python, and the page follows.
 */

import { createAsking } from "./asking.js";
import { createCharting } from "./charting.js";
import { createColoring } from "./coloring.js";
import { createComparing } from "./comparing.js";
import { createConfusing } from "./confusing.js";
import { createCurves } from "./curves.js";
import { createFields } from "./fields.js";
import { createFlowing } from "./flowing.js";
import { unpack } from "./frame.js";
import { createKept } from "./kept.js";
import { createLensing } from "./lensing.js";
import { createMeanwhile } from "./meanwhile.js";
import { changed, METHODS } from "./methods.js";
import { createNewRun } from "./new_run.js";
import { createPhasing } from "./phasing.js";
import { createPlayer } from "./player.js";
import { createReturns } from "./returns.js";
import { createClient, RemoteError } from "./rpc.js";
import { createSamples } from "./samples.js";
import { createSettings } from "./settings.js";
import { createSharing } from "./sharing.js";
import { colorsOf } from "./store.js";
import { describeRun } from "./words.js";

/** @typedef {import("./api.d.ts").Method} Method */
/** @typedef {import("./api.d.ts").Frame} Frame */
/** @typedef {import("./store.js").Store} Store */

/** These end Play, whatever they are about; the next only if they are about the run that plays. @type {Set<Method>} */
const INTERRUPT = new Set(["run_single", "train_batch", "train_epoch", "create_run"]);
/** @type {Set<Method>} */
const INTERRUPT_ITS_RUN = new Set(["delete_run", "reset_run", "restore_best", "restore_first"]);
/** After these a run has another history too. @type {Set<Method>} */
const ANEW = new Set(["reset_run", "restore_run"]);
/** @param {"this run" | "a twin of this run"} what */
const notHere = (what) =>
  new RemoteError({
    name: "ElsewhereError",
    message: `Another tab trains and saves ${what}. Take it over here first.`,
    traceback: "",
  });
/** What can be undone, and what it is called afterwards. @type {Partial<Record<Method, string>>} */
const UNDOABLE = {
  delete_run: "Deleted",
  reset_run: "Reset",
  restore_best: "Best weights restored:",
  restore_first: "First weights restored:",
};

/** A start that shows no sign of life for this long has failed: without WebAssembly, Pyodide waits for ever. Milliseconds. */
const PATIENCE = 60_000;
/** A call that is not answered for this long may never be. Milliseconds. */
const SILENCE = 10_000;
/** While playing, the sentence about speed and the meters follow at this distance. Milliseconds. */
const REFRESH = 250;
/** Between two pictures for those who asked for less motion. Milliseconds. */
const CALM = 500;

/**
 * Whether a call ends Play.
 * @param {Method} method @param {any} params @param {string | undefined} active
 */
function interrupts(method, params, active) {
  const isActive = params?.id === active;
  if (INTERRUPT.has(method) || params?.activate) return true;
  return method === "activate_run" ? !isActive : INTERRUPT_ITS_RUN.has(method) && isActive;
}

/** @param {Store} store @param {{reducedMotion: () => boolean}} reader */
export function createActions(store, reader) {
  const client = createClient({ onEvent, onStop });
  const { call } = client;
  const keeper = createReturns({ call, store, halt: haltRun, follow: () => settle().catch(() => {}) });
  const samples = createSamples(call);
  const player = createPlayer({ advance, onFrame, between: (id) => meanwhile.between(id) });
  const newRun = createNewRun(store, { call, perform });
  const fields = createFields(store, perform);
  const comparing = createComparing(store, { perform, attempt });
  const charting = createCharting(store, { attempt, hover_run: comparing.hover_run });
  const losses = createCurves(call);
  const kept = createKept(store, { keeper, call, attempt, settle, play: resume });
  const asking = createAsking(store, { call, attempt });
  const lensing = createLensing(store, { call, attempt, pause });
  const phasing = createPhasing(store, { call, perform, attempt, closeWhy: () => asking.actions.close_why(false) });
  const confusing = createConfusing(store, { call, attempt });
  const flowing = createFlowing(store, { call, attempt, point_at: asking.actions.point_at });
  const sharing = createSharing(store, { call, perform, attempt });
  /** The layout that frames are sent in. @type {{id: string, layout: import("./api.d.ts").Layout} | null} */
  let layout = null;
  /** The run whose data set is on screen. @type {string | null} */
  let opened = null;
  const meanwhile = createMeanwhile(store, { call, losses, flowing, confusing, listed, keepOwn: keeper.keepOwn });
  const last = { told: 0, drawn: 0 };
  let patience = 0;

  // ---- Start, end, and start again ----

  /** Start Python, prove it, and bring back the runs that were there. */
  async function start() {
    store.set({ boot: "loading", problem: null, alert: null, stage: { stage: "Starting", loaded: 0, total: 0 } });
    layout = null;
    opened = null;
    client.start();
    const self_test = await call("self_test");
    if (!self_test.passed) return client.stop(self_test.message);
    const [first] = await call("runs");
    await keeper.restore();
    await sharing.openLinkAtStart(first.id);
    newRun.suggest(await call("plan_run"));
    await settle();
    clearTimeout(patience);
    store.set({ boot: "ready", self_test, said: `Ready. ${self_test.message}` });
    await asking.actions.follow_link();
    await keeper.catchUp();
  }

  const restart = () => start().catch(({ message, traceback }) => client.stop(message, traceback));

  /** @param {import("./api.d.ts").BootEvent} stage */
  function onEvent(stage) {
    clearTimeout(patience);
    patience = setTimeout(() => client.stop(`nothing has happened for ${PATIENCE / 1000} seconds`), PATIENCE);
    store.set({ stage });
  }

  /** @param {RemoteError} error */
  function onStop({ message, traceback }) {
    clearTimeout(patience);
    player.stop();
    const title = store.get().boot === "loading" ? "Python could not be started" : "Python has stopped";
    const problem = { title, message, traceback, restart: keeper.holds() };
    store.set({ boot: "failed", problem, playing: false, busy: null });
  }

  // ---- Calls, and how the page follows them ----

  /**
   * @template {Method} M
   * @param {M} method
   * @param {import("./api.d.ts").Params<M>} [params]
   * @returns {Promise<import("./api.d.ts").Result<M>>}
   */
  async function perform(method, params) {
    if (METHODS[method] === "looks") return call(method, params);
    const { id } = /** @type {{id?: string}} */ (params ?? {});
    const { run, runs } = store.get();
    const about = changed(method, params, run?.id);
    if (about) refuseElsewhere(about, params);
    if (interrupts(method, params, run?.id)) halt();
    const deed = UNDOABLE[method];
    const target = runs.find((candidate) => candidate.id === id);
    const undo = deed && target ? await keeper.before(target, deed, store.get().playing) : null;
    const result = await call(method, params);
    if (about) keeper.touch(about, ANEW.has(method));
    if (undo) store.set({ undo });
    await settle();
    return result;
  }

  /** What another tab has is that tab's to change. @param {string} id @param {any} params */
  function refuseElsewhere(id, params) {
    const { update, twins } = params ?? {};
    if (update !== false && store.get().elsewhere.includes(id)) throw notHere("this run");
    if (twins && !ownsTwins(id)) throw notHere("a twin of this run");
  }

  /** Bring the page up to date with Python, all at once. */
  async function settle() {
    const asked = [call("runs"), losses.all(store.get().runs.length), call("state"), call("epoch_metrics")];
    const answers = /** @type {[any, any, import("./api.d.ts").State, any]} */ (await Promise.all(asked));
    const [runs, curves, state, epochs] = answers;
    const confusion = await confusing.current();
    const { run_id, step, forward, backward, optimizer, batch } = state;
    const data = run_id === opened ? {} : await openData(run_id);
    await samples.learn(batch);
    const list = listed(runs, curves);
    store.set({
      ...data,
      ...list,
      net: { run_id, step, forward, backward, optimizer },
      batch,
      batch_loss: state.loss,
      batch_accuracy: state.accuracy,
      epochs,
      confusion,
      samples: samples.of(batch),
      ...phasing.follow(state, list.run),
    });
    await asking.follow();
    await flowing.follow();
    await keeper.keep(runs);
  }

  /** @param {string} run_id */
  async function openData(run_id) {
    const dataset = await call("dataset");
    const page = { start: 0, samples: await samples.open(dataset.num_samples) };
    const another = store.get().net?.run_id !== run_id;
    opened = run_id;
    return { dataset, page, ...(another ? { refusals: {}, cell: null, speed: null } : {}) };
  }

  /** @param {import("./api.d.ts").RunSummary[]} runs @param {import("./api.d.ts").LossCurve[]} curves */
  function listed(runs, curves) {
    const { colors, undo } = store.get();
    const trainedOn = runs.some(({ id, step }) => id === undo?.instead && step > undo.step);
    const run = runs.find(({ active }) => active) ?? null;
    return { runs, run, curves, colors: colorsOf(runs, colors), undo: trainedOn ? null : undo };
  }

  // ---- Play ----

  /** Whether no other tab has a twin of this run. @param {string} run */
  function ownsTwins(run) {
    const { runs, elsewhere } = store.get();
    const twins = runs.find(({ id }) => id === run)?.twins ?? [];
    return !twins.some((id) => elsewhere.includes(id));
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
    if (!layout || frame.run_id !== run?.id || (reader.reducedMotion() && now - last.drawn < CALM)) return;
    last.drawn = now;
    const { step, epoch, loss, epoch_ms, seconds, stopped } = frame;
    const net = { ...unpack(frame, layout.layout), passing: true };
    const current = { ...run, step, epoch, loss, epoch_ms, seconds, stopped, metrics: frame.metrics ?? run.metrics };
    store.set({
      net,
      batch_loss: loss,
      batch_accuracy: frame.accuracy,
      run: current,
      samples: samples.of(frame.batch),
    });
    if (now - last.told < REFRESH) return;
    last.told = now;
    store.set({ speed, batch: frame.batch, gauged: net });
  }

  function halt() {
    player.stop();
    if (store.get().playing) store.set({ playing: false });
  }

  /** @param {string} id */
  function haltRun(id) {
    if (store.get().run?.id === id) halt();
  }

  /** Do what a button asks; what goes wrong is shown. @param {string} title @param {() => Promise<unknown>} deed */
  async function attempt(title, deed) {
    try {
      store.set({ alert: null });
      await deed();
    } catch (error) {
      const { message, traceback } = /** @type {RemoteError} */ (error);
      halt();
      // When Python is gone the status says so already.
      if (store.get().boot !== "failed") store.set({ alert: { title, message, traceback } });
    }
  }

  /** @param {"run_single" | "train_batch" | "train_epoch"} method @param {string} what */
  async function step(method, what) {
    store.set({ busy: `Running one ${what} …` });
    await attempt(`The ${what} could not be run`, async () => {
      await perform(method, { update: store.get().mode === "train" });
      store.set({ said: describeRun(store.get()) });
    });
    store.set({ busy: null });
  }

  async function play() {
    const { run, mode, playing, elsewhere } = store.get();
    if (!run || playing || mode !== "train" || elsewhere.includes(run.id)) return;
    store.set({ playing: true, phasing: null, said: "Playing" });
    kept.dismiss({ id: run.id, kind: "interrupted" });
    keeper.persist();
    meanwhile.hurry(); // that it is being trained is saved at once
    const { dataset, trainer } = run.config;
    const batches = Math.ceil(dataset.num_samples / trainer.batch_size); // the held-out samples are measured too
    await attempt("Training has stopped", async () => {
      if (await player.play({ id: run.id, batches })) await ended();
    });
  }

  /** All that trained has stopped of itself. */
  async function ended() {
    store.set({ playing: false });
    await settle();
    const { run } = store.get();
    store.set({ said: run?.stopped?.sentence ?? describeRun(store.get()) });
  }

  async function pause() {
    store.set({ playing: false });
    await player.finish();
    await attempt("The state could not be read", settle);
    store.set({ said: `Paused. ${describeRun(store.get())}` });
  }

  /** @param {string} id */
  async function resume(id) {
    await attempt("The run could not be activated", () => perform("activate_run", { id }));
    store.set({ mode: "train" });
    await play();
  }

  return {
    start: restart,
    restart_silent() {
      client.stop("it did not answer any more");
      return restart();
    },
    /** Once a second. */
    tick() {
      store.set({ clock: Date.now(), silent: client.silence() > SILENCE });
    },
    perform,
    ...createSettings(store),
    ...createColoring(store),
    ...fields,
    ...comparing,
    ...charting,
    ...asking.actions,
    ...phasing.actions,
    ...lensing,
    ...confusing.actions,
    ...flowing.actions,
    ...newRun.actions,
    ...kept.actions,
    ...sharing.actions,
    create_run() {
      keeper.persist();
      return newRun.actions.create_run();
    },

    run_single: () => step("run_single", "step"),
    train_batch: () => step("train_batch", "batch"),
    train_epoch: () => step("train_epoch", "epoch"),

    play,
    pause,

    /** @param {import("./api.d.ts").Mode} mode */
    async set_mode(mode) {
      const { playing } = store.get();
      halt();
      store.set({ mode });
      if (playing) await attempt("The state could not be read", settle);
    },
    /** Look at one sample of the data. @param {number} sample */
    async look_at(sample) {
      await attempt("The sample could not be shown", () => perform("run_single", { update: false, sample }));
    },
    /** @param {number} start */
    async show_page(start) {
      await attempt("The samples could not be read", async () => {
        store.set({ page: { start, samples: await samples.page(start) } });
      });
    },
    /** @param {import("./store.js").Cell | null} cell */
    show_cell: (cell) => store.set({ cell }),

    /** @param {string} id */
    activate: (id) => attempt("The run could not be activated", () => perform("activate_run", { id })),
    /** Its best weights, and a way back. @param {string} id */
    restore_best: (id) =>
      attempt("The best weights could not be restored", async () => {
        await perform("restore_best", { id });
        store.set({ said: "The best weights are restored.", focus: { target: "undo" } });
      }),
    /** Its first weights, and a way back. @param {string} id */
    restore_first: (id) =>
      attempt("The first weights could not be restored", async () => {
        await perform("restore_first", { id });
        store.set({ said: "The first weights are restored.", focus: { target: "undo" } });
      }),
    /** @param {string} id */
    reset: (id) => attempt("The run could not be reset", () => perform("reset_run", { id })),
    /** @param {string} id */
    async delete(id) {
      await attempt("The run could not be deleted", async () => {
        await perform("delete_run", { id });
        store.set({ focus: { target: "undo" } });
      });
    },
    async undo() {
      const { undo } = store.get();
      if (!undo) return;
      halt();
      await attempt("This could not be undone", async () => {
        refuseElsewhere(undo.id, {});
        await keeper.undo(undo);
        await settle();
        store.set({ undo: null, said: `“${undo.name}” is back.`, focus: { target: "runs" } });
      });
    },
    dismiss_undo: () => store.set({ undo: null, focus: { target: "runs" } }),
    dismiss_alert: () => store.set({ alert: null }),
    /** @param {import("./store.js").State["dialog"]} dialog */
    show_dialog: (dialog) => store.set({ dialog }),
  };
}

/** @typedef {ReturnType<typeof createActions>} Actions */
