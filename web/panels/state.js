/** The panels of the console: their tabs, the chosen one, and the console's place and height. */

/** @import { State } from "../page/store.js" */
/** @typedef {"guide" | "explain" | "runs" | "sweep" | "dataset" | "metrics" | "flow" | "distributions" | "code" | "exercises" | "sample"} Tab */
/**
 * @typedef {object} PanelsState
 * @property {Tab} tab             the chosen one
 * @property {boolean} collapsed   the console is a strip
 * @property {"bottom" | "right"} side
 * @property {number | null} height  of the console in CSS pixels, as dragged; null: automatic
 */

/** In the order of the digits that choose them. @type {readonly {id: Tab, title: string}[]} */
export const TABS = [
  { id: "explain", title: "Explain" },
  { id: "runs", title: "Runs" },
  { id: "dataset", title: "Dataset" },
  { id: "metrics", title: "Metrics" },
  { id: "flow", title: "Gradient flow" },
  { id: "distributions", title: "Distributions" },
  { id: "code", title: "Code" },
  { id: "exercises", title: "Exercises" },
  { id: "sample", title: "Sample" },
];

/** Height of the collapsed console, and what the network keeps whatever is dragged. CSS pixels. */
export const STRIP = 44;
const LEAST = 140;
const STAGE = 220;

/** The tab of “Start here”: before all others and without a digit, and only while the guide is open. */
export const GUIDE = /** @type {const} */ ({ id: "guide", title: "Start here" });

/** The tab of a sweep: after that of the runs and without a digit, and only while there is a sweep. */
export const SWEEP = /** @type {const} */ ({ id: "sweep", title: "Sweep" });

/** Whether a sweep is under way, or a run of one is in the list. @param {Pick<State, "runs" | "sweep">} state */
function hasSweep({ runs: { list }, sweep: { sweep } }) {
  const ids = new Set(list.map(({ id }) => id));
  return sweep !== null && (sweep.isRunning || sweep.tasks.some(({ id }) => ids.has(id ?? "")));
}

/** Return the tabs that are there. @param {Pick<State, "guide" | "panels" | "runs" | "sweep">} state @returns {readonly {id: Tab, title: string}[]} */
export function tabsOf(state) {
  const { guide, panels } = state;
  const after = TABS.findIndex(({ id }) => id === "runs") + 1;
  const tabs = panels.tab === SWEEP.id || hasSweep(state) ? TABS.toSpliced(after, 0, SWEEP) : TABS;
  return guide.open ? [GUIDE, ...tabs] : tabs;
}

/** Whether the panel of a tab can be seen. @param {Pick<State, "panels">} state @param {Tab} id */
export const isShown = ({ panels: { tab, collapsed } }, id) => tab === id && !collapsed;

/** The patch that shows a panel. @param {Tab} tab */
export const shown = (tab) => ({ panels: { tab, collapsed: false } });

/**
 * Return the height of the console at the bottom of a window; style.css computes the same.
 * @param {number} windowHeight
 * @param {Partial<Pick<PanelsState, "collapsed" | "height">>} [panels]
 */
export function consoleHeight(windowHeight, { collapsed = false, height = null } = {}) {
  if (collapsed) return STRIP;
  if (height !== null) return Math.max(LEAST, Math.min(height, windowHeight - STAGE));
  return Math.min(Math.max(windowHeight <= 800 ? 232 : 240, 0.27 * windowHeight), 320);
}
