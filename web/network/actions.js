/** The network as a feature: tensors of the active run, the cell pointed at, sizes and windows. */

import { baseName } from "../tensors/names.js";
import { extent } from "../tensors/shape.js";
import { planFor } from "./stage.js";
import { initialNetwork } from "./state.js";
import { scrolledTo, showing } from "./windows.js";

/** @import { Region, Sample, StateVector } from "../api.d.ts" */
/** @import { Cell } from "../heatmap/pointer.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */

/** Sizes of a cell in pixels. */
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 18, 24];

/**
 * @param {Store} store
 * @param {object} outside
 * @param {(batch: Int32Array) => Sample[]} outside.samplesOf
 * @param {Attempt} outside.attempt
 * @param {{toPartner: () => Cell | null, sayAgain: () => void}} outside.keyboard  of the cell that has it
 */
export function createNetwork(store, { samplesOf, attempt, keyboard }) {
  /** @type {unknown} */
  let explained = null;
  store.subscribe(({ explain }) => {
    const asked = explain.why?.trail.at(-1) ?? null;
    if (asked !== explained && asked) reveal(asked, true);
    explained = asked;
  });

  /** Scroll windows until a cell, a row or a column is shown. @param {Region} cell @param {boolean} toMiddle */
  function reveal({ tensor, row, col }, toMiddle) {
    const state = store.get();
    const { net, windows } = state.network;
    if (!net) return;
    const next = showing(planFor(state, net), windows, { name: baseName(tensor), row, col }, toMiddle);
    if (next !== windows) store.set({ network: { windows: next } });
  }

  /** @param {number} direction @returns {number} by how much cells have grown */
  function zoomBy(direction) {
    const state = store.get();
    if (!state.network.net) return 1;
    const { cell } = planFor(state, state.network.net);
    const next = direction > 0 ? SIZES.find((size) => size > cell) : SIZES.findLast((size) => size < cell);
    if (next === undefined) return 1;
    store.set({ network: { zoom: next } });
    return next / cell;
  }

  return {
    name: /** @type {const} */ ("network"),
    initial: initialNetwork(),
    /** @param {Fresh} fresh @returns {Patch} */
    follow({ state: { run_id, step, forward, backward, optimizer, batch, loss, accuracy } }) {
      const net = { run_id, step, forward, backward, optimizer };
      return {
        network: { net, batch, samples: samplesOf(batch), vectors: vectorsKept(store.get().network.vectors, net) },
        training: { batchLoss: loss, batchAccuracy: accuracy },
      };
    },
    actions: {
      /** @param {Cell | null} cell */
      showCell(cell) {
        if (cell) reveal(cell, false);
        store.set({ network: { cell } });
      },
      /** @param {import("./hold.js").Held | null} held */
      hold: (held) => store.set({ network: { held } }),
      /** Go from a cell to its gradient, or back. */
      goToPartner() {
        const cell = keyboard.toPartner();
        if (cell) store.set({ network: { cell } });
      },
      sayAgain: keyboard.sayAgain,
      /** @param {Region} region */
      reveal: (region) => reveal(region, true),
      zoomBy,
      fit: () => store.set({ network: { zoom: null } }),
      /** Show the optimizer's state in place of parameters, or parameters again. @param {string} run @param {StateVector | null} vector */
      showVector(run, vector) {
        const { [run]: _, ...others } = store.get().network.vectors;
        store.set({ network: { vectors: vector ? { ...others, [run]: vector } : others } });
      },
      /** @param {string} axis @param {number} start */
      scrollWindow(axis, start) {
        const state = store.get();
        const { net, windows } = state.network;
        if (net) store.set({ network: { windows: scrolledTo(planFor(state, net), windows, axis, start) } });
      },
      /** @param {string} name of a tensor */
      copyValues: (name) =>
        attempt("Copying failed", async () => {
          const { net } = store.get().network;
          const tensors = net ? [...net.forward.tensors, ...net.backward.tensors, ...net.optimizer.tensors] : [];
          const tensor = tensors.find((one) => one.name === name);
          if (!tensor) return;
          await navigator.clipboard.writeText(csvOf(tensor));
          store.set({ page: { announcement: `Copied ${extent(tensor.shape).join(" × ")} values.` } });
        }),
      /** @param {string} announcement */
      say: (announcement) => store.set({ page: { announcement } }),
    },
  };
}

/** With another optimizer a run shows its parameters again. @param {Record<string, StateVector>} vectors @param {import("./state.js").Net} net */
function vectorsKept(vectors, { run_id, optimizer }) {
  const chosen = vectors[run_id];
  if (!chosen || optimizer.scales[chosen]) return vectors;
  const { [run_id]: _, ...others } = vectors;
  return others;
}

/** @param {import("../api.d.ts").Tensor} tensor @returns {string} one line for each row */
export function csvOf({ shape, data }) {
  const [rows, columns] = extent(shape);
  const line = (/** @type {number} */ row) => Array.from(data.subarray(row * columns, (row + 1) * columns)).join(",");
  return `${Array.from({ length: rows }, (_, row) => line(row)).join("\n")}\n`;
}
