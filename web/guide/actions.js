/** “Start here” as a feature: eight steps on the live page, which can be left and resumed. */

import { isShown, shown } from "../panels/state.js";
import { remember, remembered } from "../ui/preferences.js";
import { readGuide, withoutGuide } from "./link.js";
import { createRing } from "./ring.js";
import { begin, STEPS } from "./steps.js";

/** @import { State, Store } from "../page/store.js" */
/** @import { Since } from "./steps.js" */
/**
 * @typedef {object} GuideState
 * @property {boolean} open       it has a tab
 * @property {number} at          the current step, from 1 on
 * @property {boolean[]} done     by step
 * @property {Since | null} since what was there when the step began; null before the page is ready
 */

const KEY = "guide";

/**
 * @param {Store} store
 * @param {{ring?: Pick<ReturnType<typeof createRing>, "point" | "reveal" | "focus">}} [outside]
 */
export function createGuide(store, { ring = createRing() } = {}) {
  const change = (/** @type {Partial<GuideState>} */ changes) => store.set({ guide: changes });
  let kept = "";

  /** Mark the step as done when it is, point the ring at its element, and remember the progress. */
  function watch() {
    const changes = progressed(store.get());
    if (changes) return change(changes);
    ring.point(pointed(store.get()));
    const { open, at, done } = store.get().guide;
    const now = JSON.stringify({ open, at, done });
    if (kept && now !== kept) remember(KEY, { open, at, done });
    kept = now;
  }
  store.subscribe(watch);

  /** @param {number} at */
  function go(at) {
    store.set({ guide: { open: true, at, since: null }, ...shown("guide") });
    ring.reveal();
  }

  return {
    name: /** @type {const} */ ("guide"),
    initial: initialGuide(),
    actions: {
      /** Begin, or go on where the visitor left. */
      start: () => go(store.get().guide.done.every(Boolean) ? 1 : store.get().guide.at),
      /** @param {number} at */
      go: (at) => go(Math.min(Math.max(at, 1), STEPS.length)),
      /** Scroll to the element of the step, and focus it if it takes the focus. */
      show: () => ring.focus(),
      close() {
        const { panels } = store.get();
        store.set({ guide: { open: false }, panels: { tab: panels.tab === "guide" ? "explain" : panels.tab } });
      },
      /** Open the step that the address names, and take it out of the address. */
      followLink() {
        const at = readGuide(location.hash, STEPS.length);
        if (at === null) return;
        const rest = withoutGuide(location.hash);
        history.replaceState(history.state, "", rest ? `#${rest}` : location.pathname + location.search);
        go(at);
      },
    },
  };
}

/** Return what the current step begins with, or that it is done; null if nothing has changed. @param {State} state */
function progressed(state) {
  const { open, at, done, since } = state.guide;
  if (!open || state.page.boot !== "ready") return null;
  if (!since) return { since: begin(state) };
  if (done[at - 1] || !STEPS[at - 1].isDone(state, since)) return null;
  return { done: done.map((was, index) => was || index === at - 1) };
}

/** Return the step whose element the ring is around. @param {State} state */
function pointed(state) {
  const { open, at, done } = state.guide;
  const isPointing = open && isShown(state, "guide") && !done[at - 1] && !state.page.dialog;
  return isPointing ? STEPS[at - 1] : null;
}

/** The stored progress; invalid values fall back to defaults. @returns {GuideState} */
export function initialGuide() {
  const { open, at, done } = remembered(KEY);
  return {
    open: open === true,
    at: STEPS.some((_, index) => index + 1 === at) ? at : 1,
    done: STEPS.map((_, index) => Array.isArray(done) && done[index] === true),
    since: null,
  };
}
