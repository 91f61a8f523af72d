/** How each column's numbers become colours, as the reader chooses; remembered by the browser where it allows that. */

import { USUAL } from "./draw/color_scale.js";
import { remember, remembered } from "./remembered.js";
import { inWords } from "./scale_words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./draw/color_scale.js").ColorScale} ColorScale */
/** @typedef {import("./draw/color_scale.js").Side} Side */

const KEY = "color_scales";

/** @param {Store} store */
export function createColoring(store) {
  /** @param {Side} side @param {ColorScale} scale @param {ColorScale | null} before what a button leads back to */
  function choose(side, scale, before) {
    const scales = { ...store.get().scales, [side]: scale };
    store.set({ scales, scales_before: { ...store.get().scales_before, [side]: before } });
    remember(KEY, scales);
    store.set({ said: `Colours of the ${side} pass: ${inWords(scale)}.` });
  }

  return {
    /** @param {Side} side @param {Partial<ColorScale>} changes */
    set_scale: (side, changes) => choose(side, { ...store.get().scales[side], ...changes }, null),
    /** Change what the meter advises. @param {Side} side @param {Partial<ColorScale>} change */
    remedy_scale(side, change) {
      const before = store.get().scales[side];
      choose(side, { ...before, ...change }, before);
      store.set({ focus: { target: `${side}_undo` } });
    },
    /** And back. @param {Side} side */
    undo_scale(side) {
      const before = store.get().scales_before[side];
      if (before) choose(side, before, null);
      store.set({ focus: { target: `${side}_remedy`, otherwise: `${side}_scope` } });
    },
  };
}

/** The scales of last time, as far as they still mean something. @returns {Record<Side, ColorScale>} */
export function storedScales() {
  const { forward, backward } = remembered(KEY);
  return { forward: valid(forward), backward: valid(backward) };
}

/** @param {any} stored @returns {ColorScale} */
function valid(stored) {
  const { scope, transform, clip } = Object(stored);
  return {
    scope: scope === "layer" || scope === "tensor" ? scope : USUAL.scope,
    transform: transform === "symlog" ? transform : USUAL.transform,
    clip: clip === true,
  };
}
