/** How numbers become colours, as the reader chooses; remembered by the browser where it allows that. */

import { USUAL } from "./draw/color_scale.js";
import { remember, remembered } from "./remembered.js";
import { inWords, SUBJECTS } from "./scale_words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./draw/color_scale.js").ColorScale} ColorScale */
/** @typedef {import("./draw/color_scale.js").Subject} Subject */

const KEY = "color_scales";

/** @param {Store} store */
export function createColoring(store) {
  /** @param {Subject} subject @param {ColorScale} scale @param {ColorScale | null} before what a button leads back to */
  function choose(subject, scale, before) {
    const scales = { ...store.get().scales, [subject]: scale };
    store.set({ scales, scales_before: { ...store.get().scales_before, [subject]: before } });
    remember(KEY, scales);
    store.set({ said: `Colours of the ${SUBJECTS[subject]}: ${inWords(subject, scale)}.` });
  }

  return {
    /** @param {Subject} subject @param {Partial<ColorScale>} changes */
    set_scale: (subject, changes) => choose(subject, { ...store.get().scales[subject], ...changes }, null),
    /** Change what the meter advises. @param {Subject} subject @param {Partial<ColorScale>} change */
    remedy_scale(subject, change) {
      const before = store.get().scales[subject];
      choose(subject, { ...before, ...change }, before);
      store.set({ focus: { target: `${subject}_undo` } });
    },
    /** And back. @param {Subject} subject */
    undo_scale(subject) {
      const before = store.get().scales_before[subject];
      if (before) choose(subject, before, null);
      store.set({ focus: { target: `${subject}_remedy`, otherwise: `${subject}_transform` } });
    },
  };
}

/** The scales of last time, as far as they still mean something. @returns {Record<Subject, ColorScale>} */
export function storedScales() {
  const stored = remembered(KEY);
  const subjects = /** @type {[Subject, ColorScale][]} */ (Object.entries(USUAL));
  const scales = subjects.map(([subject, usual]) => [subject, valid(stored[subject], usual)]);
  return /** @type {Record<Subject, ColorScale>} */ (Object.fromEntries(scales));
}

/** @param {any} stored @param {ColorScale} usual @returns {ColorScale} */
function valid(stored, usual) {
  const { scope, transform, clip } = Object(stored);
  return {
    scope: scope === "layer" || scope === "tensor" ? scope : usual.scope,
    transform: transform === "symlog" ? transform : usual.transform,
    clip: clip === true,
  };
}
