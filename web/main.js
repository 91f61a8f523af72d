/** The composition root: puts store, actions and views together and draws the page. */

import { chartMenu } from "./chart/settings_view.js";
import { statistics } from "./chart/statistics_view.js";
import { charts } from "./chart/view.js";
import { code } from "./code/view.js";
import { dataset } from "./dataset/view.js";
import { METHODS } from "./engine/effects.js";
import { exercises } from "./exercises/view.js";
import { whyKey } from "./explain/shortcuts.js";
import { distributions } from "./flow/distributions_view.js";
import { flow } from "./flow/view.js";
import { guide } from "./guide/view.js";
import { lookKey } from "./look/shortcuts.js";
import { look } from "./look/view.js";
import { metrics } from "./metrics/view.js";
import { giveSpareHeight, watchStage } from "./network/stage.js";
import { network } from "./network/view.js";
import { createPage } from "./page/actions.js";
import { fitBar } from "./page/bar_fit.js";
import { progress } from "./page/boot_view.js";
import { dialogs } from "./page/dialogs_view.js";
import { explainPanel } from "./page/explain_panel_view.js";
import { banners, isHeld, messageKey, messages } from "./page/messages_view.js";
import { escapes } from "./page/present.js";
import { watchPrinting } from "./page/print.js";
import { createRegions } from "./page/regions.js";
import { rememberBar } from "./page/remember_bar.js";
import { settings } from "./page/settings_view.js";
import { shortcut } from "./page/shortcuts.js";
import { arrange, splitter, tabs } from "./panels/view.js";
import { phases } from "./phases/view.js";
import { rememberLines } from "./runs/lines.js";
import { switcher } from "./runs/switcher_view.js";
import { runs } from "./runs/view.js";
import { sample } from "./sample/view.js";
import { saved } from "./saving/view.js";
import { watchDrops } from "./share/drop.js";
import { sweep } from "./sweep/view.js";
import { controls } from "./training/view.js";

/** @import { Method } from "./api.d.ts" */
/** @import { State } from "./page/store.js" */

const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const { store, perform, actions, debugging } = createPage({ reducedMotion: () => stillness.matches });

const regions = createRegions(
  [
    ["#status", messages],
    ["#progress", progress],
    ["#banners", banners],
    ["#settings", settings],
    ["#saved", saved],
    ["[data-view=switcher]", switcher],
    ["[data-view=controls]", controls],
    ["[data-view=dialogs]", dialogs],
    ["[data-view=tabs]", tabs],
    ["[data-view=splitter]", splitter],
    ["[data-view=runs]", runs, "runs"],
    ["[data-view=sweep]", sweep, "sweep"],
    ["[data-view=statistics]", statistics, 100],
    ["[data-view=chart-menu]", chartMenu],
    ["[data-view=charts]", charts],
    ["[data-view=metrics]", metrics, "metrics"],
    ["[data-view=dataset]", dataset, "dataset"],
    ["[data-view=network]", (state, actions) => look(state, actions) ?? network(state, actions)],
    // After the matrices, which are scrolled to the phase that is explained.
    ["[data-view=phases]", phases],
    ["[data-view=flow]", flow, "flow"],
    ["[data-view=distributions]", distributions, "distributions"],
    ["[data-view=code]", code, "code"],
    ["[data-view=exercises]", exercises, "exercises"],
    ["[data-view=sample]", sample, "sample"],
    ["[data-view=why]", explainPanel, "explain"],
    ["[data-view=guide]", guide, "guide"],
  ],
  actions,
);

let waiting = false;
/** The frame in which a region that pauses is drawn. */
let later = 0;
/** @type {State["page"]["focus"]} */
let focused = null;

function draw() {
  const began = performance.now();
  waiting = false;
  const state = store.get();
  document.documentElement.dataset.theme = state.settings.theme;
  document.documentElement.dataset.present = String(state.present.on);
  arrange(state);
  giveSpareHeight(state);
  const { isAll, rest } = regions.draw(state);
  debugging.drawn(began);
  if (!isAll) return schedule();
  // Announce only after drawing.
  document.documentElement.dataset.boot = state.page.boot;
  if (state.page.focus !== focused) focus(state.page.focus);
  focused = state.page.focus;
  clearTimeout(later);
  if (rest > 0) later = setTimeout(schedule, rest);
  document.documentElement.dataset.drawn = waiting ? "false" : rest > 0 ? "late" : "true";
  if (!waiting && document.documentElement.dataset.placed === undefined) requestAnimationFrame(place);
}

/** Show what has its place only when all has been measured: nothing was left to draw for a whole frame. */
function place() {
  fit(); // observers of sizes may come later than this on a busy machine
  measure();
  if (!waiting) document.documentElement.dataset.placed = "";
}

function schedule() {
  if (!waiting) requestAnimationFrame(draw);
  waiting = true;
  document.documentElement.dataset.drawn = "false";
}

/** Focus the wanted element; if its panel is hidden, the tab that is chosen. @param {State["page"]["focus"]} wanted */
function focus(wanted) {
  const named = (/** @type {string | undefined} */ target) =>
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-focus="${CSS.escape(target ?? "")}"]`));
  const found = [wanted?.target, wanted?.otherwise].map(named).filter((element) => element !== null);
  const chosen = /** @type {HTMLElement | null} */ (document.querySelector("[role=tab][aria-selected=true]"));
  if (found.length) (found.find((element) => element.checkVisibility()) ?? chosen)?.focus();
}

store.subscribe(schedule);
const fit = fitBar(/** @type {HTMLElement} */ (document.querySelector(".bar")));
rememberLines(store);
rememberBar(store);
watchPrinting(store, draw);
const measure = watchStage(store, /** @type {HTMLElement} */ (document.querySelector("#stage")));
document.addEventListener("keydown", (event) => {
  const state = store.get(); // the state before: one press closes one thing
  if (event.key === "Escape") actions.lens.cancel();
  whyKey(event, state, actions);
  lookKey(event, state, actions);
  messageKey(event, state, actions);
  shortcut(event, state, actions);
  if (event.key === "Escape" && !event.defaultPrevented && escapes(state)) actions.present.leave();
});
// The address keeps the explanation that it names.
for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.skip")))
  link.addEventListener("click", (event) => {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (document.querySelector(link.hash))?.focus();
  });
addEventListener("hashchange", debugging.follow);
addEventListener("hashchange", () =>
  ready
    .then(actions.share.openLink)
    .then(actions.explain.followLink)
    .then(actions.look.followLink)
    .then(actions.guide.followLink)
    .then(actions.present.followLink),
);
watchDrops(document, actions.share);
setInterval(() => {
  actions.page.tick();
  if (!isHeld() && !stillness.matches) actions.saving.endUndo();
}, 1000);
document.addEventListener("visibilitychange", () => document.hidden && actions.saving.saveNow());
// Colours of the chart are read from the page when it is drawn.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  store.set({ chart: { curves: [...store.get().chart.curves] } }),
);

const ready = new Promise((resolve) => {
  store.subscribe(({ page }) => {
    if (page.boot === "ready") resolve(undefined);
  });
});
/** The documented scripting surface: Python's calls as promises; the page updates itself. */
const surface = Object.fromEntries(
  Object.keys(METHODS).map((method) => [
    method,
    (/** @type {any} */ params) => perform(/** @type {Method} */ (method), params),
  ]),
);
Object.assign(window, { backprop: Object.freeze({ ...surface, ready }) });

draw();
actions.page.start();
debugging.follow();
