/** Legends of the colour scales that can be chosen, with their choices. */

import { tablesOf } from "../color/palettes.js";
import { STATE } from "../tensors/names.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { scalesOf } from "./cached_scales.js";
import { scaleButton, scaleFields } from "./choices_view.js";
import { scaleMeter } from "./meter_view.js";
import { scopesOf, subjectName } from "./text.js";
import { legend, shortStrip } from "./view.js";

/** @import { Column } from "../api.d.ts" */
/** @import { Side, Subject } from "../color/column_scale.js" */
/** @import { State } from "../page/store.js" */
/** @typedef {Pick<import("../page/actions.js").Actions, "legend" | "explain" | "settings">} Actions */
/** @typedef {Pick<State, "legend"> & {table: Uint32Array, diverging: boolean, palette: string, hatched: boolean}} Colours the palette's table, whether it is diverging, whether negative cells are hatched, and the chosen scales */

/** Whether the fields of a scale stand in the head of a column: state and changes are in the place of parameters. @param {Side} side @param {Subject | null} subject */
const isEditedIn = (side, subject) =>
  subject === side ||
  (side === "forward" && subject !== null && (subject === "changes" || Object.hasOwn(STATE, subject)));

/** @param {Pick<State, "settings" | "legend">} state @param {Side} side whose colours they are @returns {Colours} */
export function coloursOf({ settings: { palette, shown, hatched }, legend: { scales, before, editing } }, side) {
  const { [side]: table, diverging } = tablesOf(palette, shown);
  return { table, diverging, palette, hatched, legend: { scales, before, editing } };
}

/**
 * The legend in the head of a column: strip and button, or the fields that the button opens.
 * @param {Side} side
 * @param {Column} column
 * @param {Colours} colours
 * @param {Actions} actions
 */
export function columnLegend(side, column, colours, actions) {
  const { editing } = colours.legend;
  const edited = isEditedIn(side, editing) ? editing : null;
  const about = aboutOf(side, column, colours);
  return html`
    ${edited ? scaleFields(edited, colours, actions) : nothing} ${legend(subjectName(side), about)}
    ${edited ? nothing : scaleButton(side, about.part, colours, actions)}
  `;
}

/**
 * The legend of what stands in the place of parameters, in one line. Its fields stand in the head of the forward pass.
 * @param {Subject} subject
 * @param {Column} column
 * @param {Colours} colours
 * @param {Actions} actions
 */
export function lineLegend(subject, column, colours, actions) {
  const about = aboutOf(subject, column, colours);
  return html`
    <span class="legend-line" role="group" aria-label="Colour scale, ${subjectName(subject)}">
      ${shortStrip(about)} ${scaleButton(subject, about.part, colours, actions)}
    </span>
  `;
}

/** A legend without choices. @param {string} name @param {Subject} subject whose scale it has @param {Column} column @param {Colours} colours */
export const plainLegend = (name, subject, column, colours) => legend(name, aboutOf(subject, column, colours));

/**
 * A legend with everything that belongs to it, where it stands alone.
 * @param {Subject} subject
 * @param {Column} column
 * @param {Colours} colours
 * @param {Actions} actions
 */
export function scaleLegend(subject, column, colours, actions) {
  const about = aboutOf(subject, column, colours);
  const isEdited = colours.legend.editing === subject;
  const choices = isEdited
    ? scaleFields(subject, colours, actions)
    : scaleButton(subject, about.part, colours, actions);
  const more = html`<div class="legend-below">${choices} ${scaleMeter(subject, column, colours, actions)}</div>`;
  return legend(subjectName(subject), about, more);
}

/** @param {Subject} subject @param {Column} column @param {Colours} colours */
function aboutOf(subject, column, { table, diverging, legend: { scales } }) {
  const chosen = scales[subject];
  const part = scalesOf(column, chosen, diverging)(column.tensors[0].name);
  const scope = scopesOf(subject) ? chosen.scope : /** @type {const} */ ("column");
  return { ...chosen, scope, scale: column.scale, table, part };
}
