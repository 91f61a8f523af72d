/** The legend of a colour scale that can be chosen, with the choices beneath it. */

import { PALETTES } from "../draw/color.js";
import { SUBJECTS, scopesOf } from "../scale_words.js";
import { colorChoices } from "./color_choices.js";
import { gaugeOf, scalesOf } from "./column_scale.js";
import { legend } from "./legend.js";

/** @typedef {import("../api.d.ts").Column} Column */
/** @typedef {import("../store.js").State} State */
/** @typedef {Pick<State, "scales" | "scales_before"> & {table: Uint32Array, diverging: boolean}} Colours the palette's table and whether it has a middle, for zero; what is chosen, and what a button leads back to */

/** @param {Pick<State, "palette" | "scales" | "scales_before">} state @param {import("../draw/color_scale.js").Side} side whose colours they are @returns {Colours} */
export function coloursOf({ palette, scales, scales_before }, side) {
  const { [side]: table, diverging } = PALETTES[palette] ?? Object.values(PALETTES)[0];
  return { table, diverging, scales, scales_before };
}

/**
 * @param {import("../draw/color_scale.js").Subject} subject
 * @param {Column} column
 * @param {Colours} colours
 * @param {import("./color_choices.js").Actions} actions
 * @param {Column} [gauged] what the meter tells about
 */
export function scaleLegend(subject, column, { table, diverging, scales, scales_before }, actions, gauged = column) {
  const chosen = scales[subject];
  const part = scalesOf(column, chosen, diverging)(column.tensors[0].name);
  const gauge = gaugeOf(gauged, chosen, diverging);
  const scope = scopesOf(subject) ? chosen.scope : "column";
  const choices = colorChoices(subject, chosen, scales_before[subject] ?? null, gauge, actions);
  return legend(SUBJECTS[subject], { ...chosen, scope, scale: column.scale, table, part }, choices);
}
