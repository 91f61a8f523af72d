/** The page as a feature: start and restart of Python, errors, dialogs. */

import { createBootWatch, reloadPage } from "../engine/boot_watch.js";
import { UPDATED } from "../engine/start_faults.js";
import { remember, remembered } from "../ui/preferences.js";
import { initialPage } from "./state.js";

/** @import { BootEvent } from "../engine/protocol.d.ts" */
/** @import { Client, RemoteError } from "../engine/client.js" */
/** @import { PageState } from "./state.js" */
/** @import { Store } from "./store.js" */

/** Report Python as unresponsive after this time without an answer. Milliseconds. */
const UNRESPONSIVE_AFTER = 10_000;
/** Where the browser remembers that the page was ready once. */
const VISITED = "visited";
/** Where it remembers whether NumPy runs SIMD loops. */
const LOOPS = "loops";

/** Wait until the first picture of the restored runs is painted; a hidden page draws none. @returns {Promise<unknown>} */
const firstPicture = () =>
  new Promise((resolve) => {
    const painted = () => setTimeout(resolve);
    const look = () => requestAnimationFrame(document.documentElement.dataset.boot === "loading" ? look : painted);
    if (document.hidden) painted();
    else look();
  });

/**
 * @param {Store} store
 * @param {Client} client
 * @param {object} outside
 * @param {() => void} outside.forget     everything known of the previous Python
 * @param {() => Promise<void>} outside.restore  runs and the link, before the page follows Python for the first time
 * @param {() => Promise<void>} outside.settle
 * @param {() => Promise<void>} outside.afterwards  when the page is ready
 * @param {() => void} outside.stop       Play
 * @param {() => boolean} outside.holdsRuns  that a restart would restore
 * @param {() => Promise<void>} outside.meanwhile  on a first visit, while Python starts
 */
export function createPageFeature(store, client, { forget, restore, settle, afterwards, stop, holdsRuns, meanwhile }) {
  const watch = createBootWatch({
    say: (waiting) => store.set({ page: { stage: { ...store.get().page.stage, waiting } } }),
    fail: (message) => client.stop(message),
  });

  /** Start Python, restore the saved runs, and test the gradients when the first picture is on screen. */
  async function start() {
    const stage = { stage: "Starting", loaded: 0, total: 0 };
    if (!remembered(VISITED).ready) meanwhile();
    store.set({ page: { boot: "loading", problem: null, alert: null, selfTest: null, stage } });
    forget();
    await watch.refresh();
    watch.begin();
    client.start();
    const loops = await client.call("loops", { simd: remembered(LOOPS).simd !== false }); // before any other call
    await restore();
    await settle();
    watch.end();
    store.set({ page: { boot: "ready", loops, announcement: "" } });
    remember(VISITED, { ready: true });
    await Promise.all([afterwards(), testGradients()]);
  }

  /** Stop Python if a gradient differs from central differences. */
  async function testGradients() {
    await firstPicture();
    const selfTest = await client.call("self_test");
    if (!selfTest.passed) return client.stop(selfTest.message);
    store.set({ page: { selfTest, readyAt: Date.now() } });
  }

  const restart = () =>
    start().catch(({ name, message, traceback }) => {
      if (name !== "Stopped") client.stop(message, traceback); // otherwise the stop itself rejected it
    });

  /** @param {NonNullable<PageState["problem"]>} problem */
  async function explain(problem) {
    const message = await watch.explain(problem.message);
    if (store.get().page.problem === problem)
      store.set({ page: { problem: { ...problem, message, updated: message === UPDATED } } });
  }

  return {
    name: /** @type {const} */ ("page"),
    initial: initialPage(),

    /** @param {BootEvent} stage */
    onEvent(stage) {
      store.set({ page: { stage } });
      watch.onEvent(stage);
    },

    /** @param {RemoteError} error */
    onStop({ message, traceback }) {
      watch.end();
      stop();
      const title = store.get().page.boot === "loading" ? "Python could not be started" : "Python has stopped";
      const problem = { title, message, traceback, restart: holdsRuns(), updated: message === UPDATED };
      store.set({ page: { boot: "failed", problem, busy: null }, training: { playing: false } });
      if (title === "Python could not be started") explain(problem);
    },

    actions: {
      /** Start Python, whatever an earlier start waits for. */
      start() {
        if (client.isRunning()) client.stop("it was started again");
        return restart();
      },
      reload: reloadPage,
      restart() {
        client.stop("it stopped answering");
        return restart();
      },
      /** Once a second. */
      tick() {
        store.set({ page: { clock: Date.now(), silent: client.silence() > UNRESPONSIVE_AFTER } });
      },
      /** Choose the loops of NumPy from the next call on. @param {boolean} simd */
      async useSimd(simd) {
        remember(LOOPS, { simd });
        store.set({ page: { loops: await client.call("loops", { simd }) } });
      },
      dismissAlert: () => store.set({ page: { alert: null } }),
      /** @param {PageState["banner"]} banner */
      showBanner: (banner) => store.set({ page: { banner } }),
      /** @param {PageState["dialog"]} dialog */
      showDialog: (dialog) => store.set({ page: { dialog } }),
      closeDialog: () => store.set({ page: { dialog: null } }),
    },
  };
}
