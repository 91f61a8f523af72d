/** The legend of a colour scale that can be chosen, with its choices. */

import { tablesOf } from "../color/palettes.js";
import { coverageOf, scalesOf } from "./cached_scales.js";
import { colorChoices, notFiniteView } from "./choices_view.js";
import { SUBJECTS, scopesOf } from "./text.js";
import { legend } from "./view.js";

/** @import { Column } from "../api.d.ts" */
/** @import { Side, Subject } from "../color/column_scale.js" */
/** @import { State } from "../page/store.js" */
/** @import { Actions } from "./choices_view.js" */
/** @typedef {Pick<State, "legend"> & {table: Uint32Array, diverging: boolean}} Colours the palette's table, whether it is diverging, and the chosen scales */

/** @param {Pick<State, "settings" | "legend">} state @param {Side} side whose colours they are @returns {Colours} */
export function coloursOf({ settings: { palette, shown }, legend: { scales, before } }, side) {
  const { [side]: table, diverging } = tablesOf(palette, shown);
  return { table, diverging, legend: { scales, before } };
}

/**
 * @param {Subject} subject
 * @param {Column} column
 * @param {Colours} colours
 * @param {Actions} actions
 * @param {Column} [metered] the column whose coverage is shown
 */
export function scaleLegend(
  subject,
  column,
  { table, diverging, legend: { scales, before } },
  actions,
  metered = column,
) {
  const chosen = scales[subject];
  const part = scalesOf(column, chosen, diverging)(column.tensors[0].name);
  const coverage = coverageOf(metered, chosen, diverging);
  const scope = scopesOf(subject) ? chosen.scope : "column";
  const choices = colorChoices(subject, chosen, before[subject] ?? null, coverage, actions);
  const about = { ...chosen, scope, scale: column.scale, table, part };
  return legend(SUBJECTS[subject], about, [choices, notFiniteView(metered, actions)]);
}
