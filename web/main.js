/** The composition root: store, actions and views are put together here, and the page is drawn. */

import { createActions } from "./actions.js";
import { storedChart } from "./charting.js";
import { storedScales } from "./coloring.js";
import { storedTable } from "./comparing.js";
import { UNSEEN } from "./confusing.js";
import { PALETTES } from "./draw/color.js";
import { watchDrops } from "./dropping.js";
import { storedFlow } from "./flowing.js";
import { rememberLines, storedLines } from "./lines.js";
import { METHODS } from "./methods.js";
import { storedSettings } from "./settings.js";
import { NOTHING_SHARED } from "./sharing.js";
import { createStore } from "./store.js";
import { render } from "./vendor/lit-html/lit-html.js";
import { charts } from "./views/charts.js";
import { controls } from "./views/controls.js";
import { dataset } from "./views/dataset.js";
import { dialogs } from "./views/dialogs.js";
import { distributions } from "./views/distributions.js";
import { flow } from "./views/flow.js";
import { shortcut } from "./views/keys.js";
import { messages } from "./views/messages.js";
import { metrics } from "./views/metrics.js";
import { network } from "./views/network.js";
import { phases } from "./views/phases.js";
import { runs } from "./views/runs.js";
import { saved } from "./views/saved.js";
import { settings } from "./views/settings.js";
import { status } from "./views/status.js";
import { why } from "./views/why.js";
import { whyKey } from "./views/why_keys.js";

/** @typedef {import("./store.js").State} State */
/** @typedef {import("./actions.js").Actions} Actions */

const store = createStore({
  boot: "loading",
  stage: { stage: "Starting", loaded: 0, total: 0 },
  problem: null,
  silent: false,
  self_test: null,
  alert: null,
  undo: null,
  storage: null,
  writing: 0,
  unsaved: {},
  elsewhere: [],
  notices: [],
  damaged: [],
  clock: Date.now(),
  said: "",
  busy: null,
  playing: false,
  mode: "train",
  run: null,
  runs: [],
  net: null,
  gauged: null,
  cell: null,
  why: null,
  phasing: null,
  lens: null,
  ...storedFlow(),
  presets: [],
  samples: [],
  batch: new Int32Array(),
  dataset: null,
  page: { start: 0, samples: [] },
  curves: [],
  ...storedLines(),
  epochs: [],
  confusing: UNSEEN,
  confusion: null,
  batch_loss: null,
  batch_accuracy: null,
  speed: null,
  refusals: {},
  committing: {},
  renaming: null,
  table: storedTable(),
  hovered: null,
  chart: storedChart(),
  zoom: null,
  reading: null,
  loss_table: false,
  sharing: NOTHING_SHARED,
  dialog: null,
  twin: null,
  draft: {},
  plan: null,
  draft_refusal: null,
  focus: null,
  scales: storedScales(),
  scales_before: {},
  ...storedSettings(Object.keys(PALETTES)),
});
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const actions = createActions(store, { reducedMotion: () => stillness.matches });

/**
 * Each region: where it is, what draws it, and which parts of the state it reads. It is drawn again when one of these changes.
 * What a hand is waiting for comes first.
 */
const REGIONS = [
  region("#status", status, ["boot", "stage", "problem", "silent", "self_test"]),
  region("#settings", settings, ["theme"]),
  region("#saved", saved, ["boot", "storage", "writing", "unsaved", "elsewhere", "notices", "run", "runs", "clock"]),
  region("[data-view=controls]", controls, [
    "boot",
    "playing",
    "mode",
    "run",
    "elsewhere",
    "dataset",
    "batch_loss",
    "batch_accuracy",
    "speed",
    "busy",
    "refusals",
    "committing",
    "palette",
    "phasing",
  ]),
  region("[data-view=dialogs]", dialogs, [
    "dialog",
    "draft",
    "presets",
    "plan",
    "draft_refusal",
    "twin",
    "lens",
    "cell",
    "palette",
    "scales",
    "scales_before",
    "runs",
    "shortcuts",
    "storage",
  ]),
  region("[data-view=messages]", messages, ["alert", "undo", "said", "sharing"]),
  region("[data-view=runs]", runs, [
    "boot",
    "playing",
    "runs",
    "colors",
    "renaming",
    "refusals",
    "table",
    "hidden",
    "hovered",
    "elsewhere",
    "damaged",
  ]),
  region("[data-view=charts]", charts, [
    "curves",
    "epochs",
    "dataset",
    "colors",
    "runs",
    "theme",
    "playing",
    "hidden",
    "hovered",
    "table",
    "chart",
    "zoom",
    "reading",
    "loss_table",
  ]),
  region("[data-view=metrics]", metrics, ["confusing", "confusion", "palette", "playing"]),
  region("[data-view=dataset]", dataset, ["boot", "dataset", "page", "batch"]),
  region("[data-view=network]", network, [
    "net",
    "gauged",
    "dataset",
    "run",
    "samples",
    "palette",
    "scales",
    "scales_before",
    "cell",
    "why",
    "phasing",
  ]),
  // After the matrices, which are scrolled to what is told here.
  region("[data-view=phases]", phases, ["phasing", "mode", "run", "dataset", "palette", "scales", "scales_before"]),
  region("[data-view=flow]", flow, ["flow"]),
  region("[data-view=distributions]", distributions, ["spread", "net"]),
  region("[data-view=why]", why, ["why", "playing", "dataset"]),
];
/** After this many milliseconds the regions that are left wait for the next frame, so that no frame takes long. */
const BUDGET = 8;

/**
 * @param {string} selector
 * @param {(state: State, actions: Actions) => unknown} view
 * @param {(keyof State)[]} reads
 */
function region(selector, view, reads) {
  const place = /** @type {HTMLElement} */ (document.querySelector(selector));
  /** @type {State | null} */
  let drawn = null;
  return (/** @type {State} */ state) => {
    const before = drawn;
    if (before && reads.every((part) => before[part] === state[part])) return;
    // What stands there before the first drawing is plain HTML, for the time before the scripts.
    if (!before) place.replaceChildren();
    drawn = state;
    const active = document.activeElement;
    render(view(state, actions), place);
    // An element that is moved, as when rows are sorted anew, loses the keyboard.
    if (active instanceof HTMLElement && document.activeElement === document.body && active.isConnected)
      active.focus({ preventScroll: true });
  };
}

let waiting = false;
/** @type {State["focus"]} */
let focused = null;

function draw() {
  waiting = false;
  const state = store.get();
  document.documentElement.dataset.theme = state.theme;
  const began = performance.now();
  for (const update of REGIONS) {
    if (performance.now() - began > BUDGET) return schedule();
    update(state);
  }
  // Said when it is so: everything is drawn.
  document.documentElement.dataset.boot = state.boot;
  if (state.focus !== focused) focus(state.focus);
  focused = state.focus;
  document.documentElement.dataset.drawn = String(!waiting);
}

function schedule() {
  if (!waiting) requestAnimationFrame(draw);
  waiting = true;
  document.documentElement.dataset.drawn = "false";
}

/** @param {State["focus"]} wanted */
function focus(wanted) {
  const found = [wanted?.target, wanted?.otherwise].map((target) =>
    document.querySelector(`[data-focus="${CSS.escape(target ?? "")}"]`),
  );
  const element = found.find((candidate) => candidate instanceof HTMLElement);
  if (element instanceof HTMLElement) element.focus();
}

store.subscribe(schedule);
rememberLines(store);
document.addEventListener("keydown", (event) => {
  whyKey(event, store.get(), actions);
  shortcut(event, store.get(), actions);
});
addEventListener("hashchange", () => ready.then(actions.open_link).then(actions.follow_link));
watchDrops(document, actions);
setInterval(actions.tick, 1000);
document.addEventListener("visibilitychange", () => document.hidden && actions.save_now());
// Colours of the chart are read from the page when it is drawn.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  store.set({ curves: [...store.get().curves] }),
);

const ready = new Promise((resolve) => {
  store.subscribe(({ boot }) => {
    if (boot === "ready") resolve(undefined);
  });
});
/** The documented scripting surface: Python's calls as promises, and the page follows. */
const surface = Object.fromEntries(
  Object.keys(METHODS).map((method) => [
    method,
    (/** @type {any} */ params) => actions.perform(/** @type {import("./api.d.ts").Method} */ (method), params),
  ]),
);
Object.assign(window, { backprop: Object.freeze({ ...surface, ready }) });

draw();
actions.start();
