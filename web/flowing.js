/** Gradient flow and distributions: read from Python while they are looked at, and what a reader can do with them. */

import { createBudget } from "./budget.js";
import { QUANTITIES } from "./flow_words.js";
import { remember, remembered } from "./remembered.js";

/** @typedef {import("./store.js").Store} Store */
/** How it is looked at: of the last pass, or over the steps. @typedef {"now" | "time"} View */
/**
 * @typedef {object} Flow
 * @property {boolean} open
 * @property {View} view
 * @property {string} quantity
 * @property {boolean} table   whether it stands in a table too
 * @property {import("./api.d.ts").GradientFlow | null} answer
 */
/**
 * @typedef {object} Spread
 * @property {boolean} open
 * @property {View} view
 * @property {string} tensor
 * @property {boolean} table
 * @property {import("./api.d.ts").Distributions | null} answer
 */

const KEY = "flow";
/** The usual tensor. */
const FIRST = "layers/0/weights";
/** While training plays, it waits for this at most so long. */
const SHARE = 0.02;
/** Milliseconds: what is looked at, and the warnings alone. */
const OPEN_EVERY = 250;
const CLOSED_EVERY = 1000;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {import("./rpc.js").Client["call"]} outside.call
 * @param {(title: string, deed: () => Promise<unknown>) => Promise<void>} outside.attempt
 * @param {(place: import("./why_link.js").Place) => Promise<void>} outside.point_at
 */
export function createFlowing(store, { call, attempt, point_at }) {
  const opened = createBudget({ every: OPEN_EVERY, share: SHARE });
  const closed = createBudget({ every: CLOSED_EVERY, share: SHARE });
  const budget = () => (store.get().flow.open || store.get().spread.open ? opened : closed);

  /** Of the run that is looked at, as it is now. */
  async function read() {
    const { flow, spread } = store.get();
    const answer = await call("gradient_flow", { series: flow.open && flow.view === "time" });
    const distributions = spread.open ? await distributionsOf(spread.tensor) : null;
    const { flow: shown, spread: chosen } = store.get();
    const said = newWarnings(shown.answer, answer);
    // Of a matrix that is no longer the chosen one by now, nothing is shown: the newer choice has been asked about since.
    const isChosen = distributions && chosen.tensor === spread.tensor;
    store.set({
      flow: { ...shown, answer },
      ...(isChosen ? { spread: { ...chosen, ...distributions } } : {}),
      ...(said ? { said } : {}),
    });
  }

  /** A run with fewer layers may not have the tensor of the one before. @param {string} tensor */
  async function distributionsOf(tensor) {
    const { net } = store.get();
    const chosen = tensorsOf(net).some(({ name }) => name === tensor) ? tensor : FIRST;
    return { tensor: chosen, answer: await call("distributions", { tensor: chosen }) };
  }

  const show = (/** @type {Partial<Flow>} */ changes) => {
    store.set({ flow: { ...store.get().flow, ...changes } });
    keepChoices(store);
    return attempt("The gradient flow could not be read", read);
  };

  const spreadOut = (/** @type {Partial<Spread>} */ changes) => {
    store.set({ spread: { ...store.get().spread, ...changes } });
    keepChoices(store);
    return attempt("The distribution could not be read", read);
  };

  return {
    follow: read,
    /** While training plays, if it may be by now. */
    async between() {
      if (budget().due()) await budget().spend(read);
    },
    actions: {
      arrange_flow: show,
      arrange_spread: spreadOut,
      /** Of the matrix whose button was pressed. @param {string} tensor */
      async show_distribution(tensor) {
        await spreadOut({ open: true, tensor });
        store.set({ focus: { target: "distributions" } });
      },
      /** Where a warning is seen. @param {import("./api.d.ts").FlowWarning} warning */
      open_warning: ({ tensor, row, col }) => point_at({ tensor, row, col }),
    },
  };
}

/** Everything that is drawn. @param {import("./store.js").Net | null} net */
export const tensorsOf = (net) =>
  net ? [...net.forward.tensors, ...net.backward.tensors, ...net.optimizer.tensors] : [];

/**
 * What is to be said of warnings that were not there before.
 * @param {import("./api.d.ts").GradientFlow | null} before @param {import("./api.d.ts").GradientFlow} now
 */
export function newWarnings(before, now) {
  const known = before?.run_id === now.run_id ? before.warnings.map(({ kind }) => kind) : [];
  const added = now.warnings.filter(({ kind }) => !known.includes(kind));
  return added.map(({ text }) => text).join(" ");
}

/** @param {Store} store */
function keepChoices(store) {
  const { flow, spread } = store.get();
  const { open, view, quantity } = flow;
  remember(KEY, { open, view, quantity, spread: { open: spread.open, view: spread.view, tensor: spread.tensor } });
}

/** As it was last time, as far as that still means something. @returns {{flow: Flow, spread: Spread}} */
export function storedFlow() {
  const { open, view, quantity, spread: kept } = remembered(KEY);
  const spread = Object(kept);
  const tensor = /^[a-z0-9_/]{1,60}$/.test(spread.tensor) ? spread.tensor : FIRST;
  return {
    flow: {
      open: open === true,
      view: view === "now" ? "now" : "time",
      quantity: Object.hasOwn(QUANTITIES, quantity) ? quantity : "update_ratio",
      table: false,
      answer: null,
    },
    spread: {
      open: spread.open === true,
      view: spread.view === "time" ? "time" : "now",
      tensor,
      table: false,
      answer: null,
    },
  };
}
