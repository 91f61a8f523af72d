/** Gradient flow and distributions as a feature: read from Python while their cards are open. */

import { isShown, shown } from "../panels/state.js";
import { remember, remembered } from "../ui/preferences.js";
import { createBudget } from "../ui/throttle.js";
import { tensorsOf } from "./state.js";
import { QUANTITIES } from "./text.js";

/** @import { Distributions, FlowWarning, GradientFlow } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Place } from "../explain/link.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Fresh, Store } from "../page/store.js" */
/** Last pass, or all steps. @typedef {"now" | "time"} View */
/**
 * @typedef {object} Flow
 * @property {View} view
 * @property {string} quantity
 * @property {boolean} table   whether the table is open
 * @property {GradientFlow | null} answer
 */
/**
 * @typedef {object} DistributionsView
 * @property {View} view
 * @property {string} tensor
 * @property {boolean} table
 * @property {Distributions | null} answer
 */

/** @typedef {{gradients: Flow, distributions: DistributionsView}} FlowState */

const KEY = "flow";
/** The usual tensor. */
const FIRST = "layers/0/weights";
/** Maximum share of training time spent on this. */
const SHARE = 0.02;
/** Interval in milliseconds: with an open card, and for the warnings alone. */
const OPEN_EVERY = 250;
const CLOSED_EVERY = 1000;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {Attempt} outside.attempt
 * @param {(place: Place) => Promise<void>} outside.pointAt
 */
export function createFlow(store, { call, attempt, pointAt }) {
  const opened = createBudget({ every: OPEN_EVERY, share: SHARE });
  const closed = createBudget({ every: CLOSED_EVERY, share: SHARE });
  const sees = (/** @type {"flow" | "distributions"} */ tab) => isShown(store.get(), tab);
  const budget = () => (sees("flow") || sees("distributions") ? opened : closed);

  /** Whether earlier steps are shown and must be requested. */
  const series = () => sees("flow") && store.get().flow.gradients.view === "time";

  /** Read the gradient flow of the active run. */
  const read = async () => take(await call("gradient_flow", { series: series() }));

  /** @param {GradientFlow} answer */
  async function take(answer) {
    const { gradients } = store.get().flow;
    const announcement = newWarnings(gradients.answer, answer);
    store.set({ flow: { gradients: { ...gradients, answer } }, ...(announcement ? { page: { announcement } } : {}) });
    if (!sees("distributions")) return;
    const { tensor } = store.get().flow.distributions;
    const found = await distributionsOf(tensor);
    const { distributions } = store.get().flow;
    // Drop the answer for a matrix that is no longer chosen.
    if (distributions.tensor === tensor) store.set({ flow: { distributions: { ...distributions, ...found } } });
  }

  /** Read a distribution; a run with fewer layers may not have the chosen tensor. @param {string} tensor */
  async function distributionsOf(tensor) {
    const {
      network: { net },
    } = store.get();
    const chosen = tensorsOf(net).some(({ name }) => name === tensor) ? tensor : FIRST;
    return { tensor: chosen, answer: await call("distributions", { tensor: chosen }) };
  }

  const show = (/** @type {Partial<Flow>} */ changes) => {
    store.set({ flow: { gradients: { ...store.get().flow.gradients, ...changes } } });
    keepChoices(store);
    return attempt("The gradient flow could not be read", read);
  };

  const spreadOut = (/** @type {Partial<DistributionsView>} */ changes) => {
    store.set({ flow: { distributions: { ...store.get().flow.distributions, ...changes } } });
    keepChoices(store);
    return attempt("The distribution could not be read", read);
  };

  /** The panel that was shown last. */
  let seen = "";
  store.subscribe((state) => {
    const now = ["flow", "distributions"].find((tab) => sees(/** @type {"flow"} */ (tab))) ?? "";
    const isNew = now !== seen && now !== "" && state.page.boot === "ready";
    if (state.page.boot === "ready") seen = now;
    if (isNew) attempt("The gradient flow could not be read", read);
  });

  return {
    name: /** @type {const} */ ("flow"),
    /** @type {FlowState} */
    initial: storedFlow(),
    /** @param {Fresh} fresh */
    follow: ({ overview: { flow } }) => (flow ? take(flow) : undefined),
    /** Refresh during Play, if the budget allows it. */
    async between() {
      if (budget().due()) await budget().spend(read);
    },
    actions: {
      arrange: show,
      arrangeDistributions: spreadOut,
      /** Show the distribution of a matrix. @param {string} tensor */
      async showDistribution(tensor) {
        store.set({ ...shown("distributions"), page: { focus: { target: "distributions" } } });
        await spreadOut({ tensor });
      },
      /** Explain the cell that a warning points at. @param {FlowWarning} warning */
      openWarning: ({ tensor, row, col }) => pointAt({ tensor, row, col }),
    },
  };
}

/**
 * Return the text of new warnings.
 * @param {GradientFlow | null} before @param {GradientFlow} now
 */
export function newWarnings(before, now) {
  const known = before?.run_id === now.run_id ? before.warnings.map(({ kind }) => kind) : [];
  const added = now.warnings.filter(({ kind }) => !known.includes(kind));
  return added.map(({ text }) => text).join(" ");
}

/** @param {Store} store */
function keepChoices(store) {
  const {
    flow: { gradients: flow, distributions: spread },
  } = store.get();
  const { view, quantity } = flow;
  remember(KEY, { view, quantity, spread: { view: spread.view, tensor: spread.tensor } });
}

/** Stored preferences; invalid values fall back to defaults. @returns {FlowState} */
export function storedFlow() {
  const { view, quantity, spread: kept } = remembered(KEY);
  const spread = Object(kept);
  const isName = typeof spread.tensor === "string" && /^[a-z0-9_/]{1,60}$/.test(spread.tensor);
  const tensor = isName ? spread.tensor : FIRST;
  return {
    gradients: {
      view: view === "now" ? "now" : "time",
      quantity: Object.keys(QUANTITIES).includes(quantity) ? quantity : "update_ratio",
      table: false,
      answer: null,
    },
    distributions: {
      view: spread.view === "time" ? "time" : "now",
      tensor,
      table: false,
      answer: null,
    },
  };
}
