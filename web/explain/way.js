/**
 * The way from cell to cell: each explanation is asked for, shown, and kept in the address.
 *
 * The browser's history gets an entry when an explanation opens, for each operand that is followed, and when it closes. Each
 * entry keeps the way up to it: Back goes one step back, and after a reload the way is still there. Another cell of a matrix,
 * clicked while an explanation is open, takes the place of the newest entry.
 */

import { shown } from "../panels/state.js";
import { matrixTarget, operandTarget, readWhy, trailOf, writeWhy } from "./link.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Why } from "./actions.js" */
/** @import { Place } from "./link.js" */
/** Whether to add an entry to the browser's history, or to replace the newest. @typedef {"pushState" | "replaceState"} Entry */

/** Maximum length of the trail. */
const MAX_TRAIL = 100;
/** The element focused when a cell is explained. */
export const HEADING = "why";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {Attempt} outside.attempt
 */
export function createWay(store, { call, attempt }) {
  // Each request has its own number; answers to earlier ones are dropped.
  let turn = 0;

  /** @param {Place} place */
  async function explain({ tensor, row, col }) {
    try {
      return { answer: await call("explain_cell", { tensor, row, col }), problem: "" };
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      if (name !== "ValueError") throw error;
      return { answer: null, problem: message };
    }
  }

  /**
   * @param {Place[]} trail
   * @param {Partial<Why>} [changes]
   * @param {Entry} [entry]
   */
  async function show(trail, changes, entry = "replaceState") {
    const mine = ++turn;
    const found = await explain(trail[trail.length - 1]);
    if (mine !== turn) return;
    const before = store.get().explain.why ?? { all: false, from: "", source: null };
    store.set({ explain: { why: { ...before, ...changes, ...found, trail } } });
    inTheLink(trail, entry);
  }

  /**
   * @param {Place[]} trail
   * @param {string[]} targets which elements may get the keyboard, the best first
   * @param {Partial<Why>} [changes]
   * @param {Entry} [entry]
   */
  async function visit(trail, targets, changes, entry = "pushState") {
    if (!store.get().run) return; // what a recording shows is not explained
    await attempt("This number could not be explained", async () => {
      await show(trail.slice(-MAX_TRAIL), changes, entry);
      store.set(shown("explain"));
      if (targets.length) store.set({ page: { focus: { target: targets[0], otherwise: targets[1] } } });
    });
  }

  /**
   * Explain a cell that no operand led to.
   * @param {Place} place
   * @param {string[]} targets
   * @param {Partial<Why>} changes
   */
  const begin = (place, targets, changes) =>
    visit([place], targets, changes, store.get().explain.why ? "replaceState" : "pushState");

  /** @param {Place[]} trail @param {Entry} entry */
  function inTheLink(trail, entry) {
    const fragment = writeWhy(location.hash, trail.at(-1) ?? null);
    const isNew = fragment !== location.hash.replace("#", "");
    const url = fragment ? `#${fragment}` : location.pathname + location.search;
    history[isNew ? entry : "replaceState"]({ why: trail }, "", url);
  }

  function close() {
    turn++;
    store.set({ explain: { why: null } });
  }

  /** Explain the cell that the link names, with its trail, or show a notice. */
  async function followLink() {
    const { place, notice } = readWhy(location.hash);
    const open = store.get().explain.why?.trail.at(-1);
    if (!place && !notice) return open && close();
    if (place && open && operandTarget(place) === operandTarget(open)) return;
    const problem = place ? (await explain(place)).problem : notice;
    if (place && !problem) return visit(wayTo(place), [HEADING], { from: matrixTarget(place.tensor) }, "replaceState");
    inTheLink(store.get().explain.why?.trail ?? [], "replaceState");
    const message = problem.replace(/([^.])$/, "$1.");
    store.set({ page: { alert: { title: "The link names a cell that is not there", message, traceback: "" } } });
  }

  return { show, visit, begin, inTheLink, close, followLink };
}

/** The trail of this history entry, if it is about the same cell. @param {Place} place @returns {Place[]} */
function wayTo(place) {
  const kept = trailOf(history.state);
  const last = kept.at(-1);
  return last && operandTarget(last) === operandTarget(place) ? kept : [place];
}
