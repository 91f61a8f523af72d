/** “Look closely” as a feature: one matrix and its partner, in the place of the network. */

import { matrixTarget } from "../explain/link.js";
import { inside } from "../tensors/shape.js";
import { readLook, writeLook } from "./link.js";
import { createMoves } from "./moves.js";
import { pairOf, tensorOf } from "./state.js";

/** @import { Place } from "../explain/link.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */
/** @import { At, LookState } from "./state.js" */
/** Whether to add an entry to the browser's history, or to replace the newest. @typedef {"pushState" | "replaceState"} Entry */

/** The address follows the cell when it rests for so long. Milliseconds. */
const REST = 300;

/** @param {Store} store */
export function createLook(store) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  const moves = createMoves(store, change);

  /** @param {Entry} entry @param {At | null} [at] */
  function inTheLink(entry, at = store.get().look.at) {
    clearTimeout(resting);
    const fragment = writeLook(location.hash, at && placeOf(at));
    if (fragment === location.hash.replace("#", "")) return;
    history[entry](history.state, "", fragment ? `#${fragment}` : location.pathname + location.search);
  }

  /** @param {Partial<At>} changes @param {boolean} [hasKeyboard] whether the focus goes to the cell */
  function change(changes, hasKeyboard = false) {
    const { at } = store.get().look;
    if (!at) return;
    const next = { ...at, ...changes };
    store.set({ look: { at: next }, ...(hasKeyboard ? focused(next) : {}) });
    clearTimeout(resting);
    resting = setTimeout(() => store.get().look.at && inTheLink("replaceState"), REST);
  }

  /** Show a cell in the middle. @param {Place} place @param {Entry} [entry] @returns {boolean} whether it is there */
  function open(place, entry = "pushState") {
    const { network, look, run } = store.get();
    const tensor = run && tensorOf(network.net, place.tensor);
    const pair = pairOf(place.tensor);
    if (!tensor || !inside(place, tensor.shape) || !tensorOf(network.net, pair.forward)) return false;
    const { row, col } = place;
    store.set({ look: { at: { ...pair, row, col, top: row, left: col, size: look.at?.size ?? null } } });
    moves.centre(row, col);
    change({}, true);
    inTheLink(entry);
    return true;
  }

  function close(isInLink = true) {
    const { at } = store.get().look;
    if (!at) return;
    store.set({ look: { at: null }, ...focused(at) });
    if (isInLink) inTheLink("pushState");
  }

  function followLink() {
    const { place, notice } = readLook(location.hash);
    const { at } = store.get().look;
    if (!place && !notice) return close(false);
    if (place && at && isSame(place, placeOf(at))) return;
    if (place && open(place, "replaceState")) return;
    const message = notice || `There is no cell ${place?.row}, ${place?.col} of ${place?.tensor} in this network.`;
    inTheLink("replaceState");
    store.set({ page: { alert: { title: "The link names a cell that is not there", message, traceback: "" } } });
  }

  return {
    name: /** @type {const} */ ("look"),
    /** @type {LookState} */
    initial: { at: null },
    /** Another network may not have the matrix. @param {Fresh} fresh @returns {Patch | undefined} */
    follow({ state }) {
      const { at } = store.get().look;
      if (!at || tensorOf(state, at.forward)) return undefined;
      inTheLink("replaceState", null);
      return { look: { at: null } };
    },
    actions: {
      ...moves,
      open,
      close: () => close(),
      followLink,
      /** Open the cell that is read, or go back. */
      toggle() {
        const { look, network } = store.get();
        if (look.at) return close();
        if (network.cell && open(network.cell)) return;
        store.set({ page: { announcement: "Point at a matrix first, or move to one with Tab and Enter." } });
      },
    },
  };
}

/** The cell is read, and has the focus. @param {At} at @returns {Patch} */
const focused = (at) => ({
  network: { cell: placeOf(at) },
  page: { focus: { target: matrixTarget(at[at.side]) } },
});

/** @param {At} at @returns {Place} */
const placeOf = (at) => ({ tensor: at[at.side], row: at.row, col: at.col });

/** @param {Place} one @param {Place} other */
const isSame = (one, other) => one.tensor === other.tensor && one.row === other.row && one.col === other.col;
