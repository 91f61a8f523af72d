/** The colour scales as a feature: choices, stored by the browser. */

import { USUAL, USUAL_STATE } from "../color/column_scale.js";
import { STATE } from "../tensors/names.js";
import { remember, remembered } from "../ui/preferences.js";
import { describeScale, subjectName } from "./text.js";

/** @import { ColorScale, Subject } from "../color/column_scale.js" */
/** @import { Store } from "../page/store.js" */

/**
 * @typedef {object} LegendState
 * @property {Record<Subject, ColorScale>} scales  the chosen scales
 * @property {Subject | null} editing  whose fields are open
 * @property {Partial<Record<Subject, ColorScale | null>>} before  the scale before the last suggestion
 */

const KEY = "color_scales";

/** @param {Store} store */
export function createLegend(store) {
  /**
   * @param {Subject} subject
   * @param {ColorScale} scale
   * @param {ColorScale | null} before the scale before the last suggestion
   */
  function choose(subject, scale, before) {
    const scales = { ...store.get().legend.scales, [subject]: scale };
    store.set({ legend: { scales, before: { ...store.get().legend.before, [subject]: before } } });
    remember(KEY, { ...remembered(KEY), ...scales });
    store.set({ page: { announcement: `Colours of the ${subjectName(subject)}: ${describeScale(subject, scale)}.` } });
  }

  return {
    name: /** @type {const} */ ("legend"),
    /** @type {LegendState} */
    initial: { scales: storedScales(), editing: null, before: {} },
    /** Add the scales of the optimizers' state: Python has declared its vectors. */
    learn: () => store.set({ legend: { scales: { ...storedScales(), ...store.get().legend.scales } } }),
    actions: {
      /** Open the fields of a scale, or close those that are open. @param {Subject | null} subject */
      edit(subject) {
        const { editing } = store.get().legend;
        const target = subject ? `${subject}_${subject === "lens" ? "transform" : "scope"}` : `${editing}_colours`;
        store.set({ legend: { editing: subject }, page: { focus: { target } } });
      },
      /** @param {Subject} subject @param {Partial<ColorScale>} changes */
      setScale: (subject, changes) => choose(subject, { ...store.get().legend.scales[subject], ...changes }, null),
      /** Apply the suggested change. @param {Subject} subject @param {Partial<ColorScale>} change */
      followSuggestion(subject, change) {
        const before = store.get().legend.scales[subject];
        choose(subject, { ...before, ...change }, before);
        store.set({ page: { focus: { target: `${subject}_undo` } } });
      },
      /** Undo the suggested change. @param {Subject} subject */
      undoSuggestion(subject) {
        const before = store.get().legend.before[subject];
        if (before) choose(subject, before, null);
        store.set({ page: { focus: { target: `${subject}_suggestion`, otherwise: `${subject}_colours` } } });
      },
    },
  };
}

/** Stored scales, of the optimizers' state too; invalid values fall back to defaults. @returns {Record<Subject, ColorScale>} */
export function storedScales() {
  const stored = remembered(KEY);
  const states = Object.keys(STATE).map((vector) => [vector, USUAL_STATE]);
  const subjects = /** @type {[Subject, ColorScale][]} */ ([...Object.entries(USUAL), ...states]);
  const scales = subjects.map(([subject, usual]) => [subject, valid(stored[subject], usual)]);
  return /** @type {Record<Subject, ColorScale>} */ (Object.fromEntries(scales));
}

/** @param {any} stored @param {ColorScale} usual @returns {ColorScale} */
function valid(stored, usual) {
  const { scope, transform, clip } = Object(stored);
  return {
    scope: scope === "layer" || scope === "tensor" ? scope : usual.scope,
    transform: transform === "linear" || transform === "symlog" ? transform : usual.transform,
    clip: clip === true,
  };
}
