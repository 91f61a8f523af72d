/** The sample as a feature: its row in the corner, the visitor's own tokens, and generated text. */

import { createBudget } from "../ui/throttle.js";
import { asTyped } from "../ui/typed.js";
import { fieldOf, initialSample, rowOf, shownSample } from "./state.js";
import { spelled, tokensIn } from "./tokens.js";

/** @import { Sample } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */
/** @import { FieldName } from "./state.js" */

/** Intervals during Play: of the corner, and of the answer for the visitor's tokens. Milliseconds; and its share of the time. */
const EVERY = 100;
const ASK_EVERY = 250;
const SHARE = 0.01;

/**
 * @param {Store} store
 * @param {{call: Client["call"], perform: Perform, attempt: Attempt, samplesOf: (batch: Int32Array) => Sample[]}} outside
 */
export function createSample(store, { call, perform, attempt, samplesOf }) {
  const budget = createBudget({ every: ASK_EVERY, share: SHARE });
  let refreshed = Number.NEGATIVE_INFINITY;
  const current = () => store.get().sample;

  /** Ask for the visitor's tokens again: the weights have changed. */
  async function askAgain() {
    const { own } = current();
    if (!own) return;
    const answer = await call("predict", { id: own.run_id, tokens: own.tokens });
    if (current().own === own) store.set({ sample: { own: answer } });
  }

  return {
    name: /** @type {const} */ ("sample"),
    initial: initialSample(),
    /** @param {Fresh} fresh @returns {Patch | Promise<unknown>} */
    follow({ state: { batch, loss, accuracy, ...net } }) {
      const { own, seen } = current();
      const now = { net, samples: samplesOf(batch) };
      if (seen?.net.run_id !== net.run_id) return { sample: { ...initialSample(), seen: now } };
      if (!own) return { sample: { seen: now } };
      store.set({ sample: { seen: now } });
      return askAgain();
    },
    /** Follow Play. */
    async between() {
      if (performance.now() - refreshed >= EVERY) see(store, () => (refreshed = performance.now()));
      if (current().own && budget.due()) await budget.spend(askAgain);
    },
    actions: { ...createCorner(store, { call, perform, attempt }), ...createPanel(store, { call, attempt }) },
  };
}

/**
 * @param {Store} store
 * @param {{call: Client["call"], perform: Perform, attempt: Attempt}} outside
 */
function createCorner(store, { call, perform, attempt }) {
  const current = () => store.get().sample;
  return {
    /** Choose another row of the batch, round the ends. @param {number} by */
    step(by) {
      const shown = shownSample({ ...store.get(), sample: { ...current(), own: null } });
      if (!shown) return;
      const from = current().own ? 0 : rowOf(store.get());
      const row = (from + by + shown.count) % shown.count;
      store.set({ sample: { row, own: null, typing: null, refusal: null }, network: { cell: null } });
    },
    /** Back to the row pointed at, or the first. */
    release: () =>
      store.set({
        sample: { row: null, own: null, typing: null, refusal: null },
        page: { focus: { target: "sample-type" } },
      }),
    /** Open the corner's field with the shown tokens, or close it. */
    toggleTyping() {
      const isOpen = current().typing !== null;
      const tokens = shownSample(store.get())?.tokens ?? [];
      store.set({
        sample: { typing: isOpen ? null : spelled(tokens), refusal: null },
        page: { focus: { target: isOpen ? "sample-type" : "sample-tokens" } },
      });
    },
    /** @param {string} typing */
    type: (typing) => store.set({ sample: { typing } }),
    /** Predict the tokens of the corner's field. */
    async askTyped() {
      const tokens = tokensIn(current().typing ?? "", vocabularyOf(store));
      await attempt("The tokens could not be read", async () => {
        try {
          const own = await call("predict", { tokens });
          store.set({
            sample: { own, typing: null, refusal: null, row: null },
            page: { focus: { target: "sample-type" } },
          });
        } catch (error) {
          const { message } = /** @type {Error} */ (error);
          if (!message.startsWith("tokens ")) throw error;
          store.set({ sample: { refusal: message } });
        }
      });
    },
    /** Send an input through the network, alone. @param {string[]} tokens @param {string | null} target  unless a sample has these tokens */
    async send(tokens, target) {
      const params = target === null ? { tokens } : { tokens, target };
      await attempt("The tokens could not be sent through the network", async () => {
        await perform("run_single", { update: false, ...params });
        store.set({ sample: { row: null, own: null, typing: null } });
      });
    },
  };
}

/**
 * @param {Store} store
 * @param {{call: Client["call"], attempt: Attempt}} outside
 */
function createPanel(store, { call, attempt }) {
  const current = () => store.get().sample;

  /** Do what a form asks for; a refusal stays at the field that it names. @param {string} title @param {() => Promise<unknown>} work */
  const ask = (title, work) =>
    attempt(title, async () => {
      store.set({ sample: { refusals: {} } });
      try {
        await work();
      } catch (error) {
        const { message } = /** @type {Error} */ (error);
        const field = /** @type {FieldName} */ (message.split(" ")[0]);
        if (!["start", "tokens", "length", "temperature", "seed"].includes(field)) throw error;
        store.set({ sample: { refusals: { [field]: { typed: fieldOf(store.get(), field), message } } } });
      }
    });

  return {
    /** @param {FieldName} field @param {string} typed */
    setField(field, typed) {
      const { [field]: _, ...refusals } = current().refusals;
      store.set({ sample: { fields: { ...current().fields, [field]: typed }, refusals } });
    },
    generate: () =>
      ask("The tokens could not be generated", async () => {
        const state = store.get();
        const isMse = state.run?.config.trainer.loss_type === "mse";
        const number = (/** @type {FieldName} */ field) =>
          /** @type {number} */ (asTyped(fieldOf(state, field), field));
        const made = await call("generate", {
          ...(state.run ? { id: state.run.id } : {}),
          start: tokensIn(fieldOf(state, "start"), vocabularyOf(store)),
          length: number("length"),
          temperature: isMse ? 0 : number("temperature"),
          seed: number("seed"),
        });
        if (store.get().run?.id === made.run_id) store.set({ sample: { made } });
      }),
    /** Predict the class of the tokens of the tab. */
    predict: () =>
      ask("The tokens could not be read", async () => {
        const tokens = tokensIn(fieldOf(store.get(), "tokens"), vocabularyOf(store));
        store.set({ sample: { asked: await call("predict", { tokens }) } });
      }),
  };
}

/** Let the corner show the pass on screen. @param {Store} store @param {() => void} done */
function see(store, done) {
  const { network, sample } = store.get();
  if (!network.net || sample.seen?.net === network.net) return;
  done();
  store.set({ sample: { seen: { net: network.net, samples: network.samples } } });
}

/** @param {Store} store */
const vocabularyOf = (store) => store.get().dataset.about?.vocabulary ?? [];
