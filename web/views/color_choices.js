/** Beneath a column's legend: how its numbers become colours, what that hides, and what would help. */

import { CLIPS, meterWords, remedyWords, SCOPES, TRANSFORMS } from "../scale_words.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { choice } from "./field.js";

/** @typedef {import("../draw/color_scale.js").ColorScale} ColorScale */
/** @typedef {import("../draw/color_scale.js").Side} Side */
/**
 * @typedef {object} Actions
 * @property {(side: Side, changes: Partial<ColorScale>) => void} set_scale
 * @property {(side: Side, change: Partial<ColorScale>) => void} remedy_scale
 * @property {(side: Side) => void} undo_scale
 */
/** @typedef {import("../draw/meter.js").Meter & {remedy: Partial<ColorScale> | null}} Gauge */

/** @param {Side} side @param {ColorScale} chosen @param {ColorScale | null} before what a button leads back to @param {Gauge} gauge @param {Actions} actions */
export function colorChoices(side, chosen, before, gauge, actions) {
  return html`${choices(side, chosen, actions)} ${meter(side, chosen, before, gauge, actions)}`;
}

/** @param {Side} side @param {ColorScale} chosen @param {Actions} actions */
function choices(side, { scope, transform, clip }, { set_scale }) {
  const set = (/** @type {any} */ changes) => set_scale(side, changes);
  return html`
    <div class="choices">
      ${choice({ name: `${side}_scope`, label: "Scope", value: scope, options: SCOPES, commit: (text) => set({ scope: text }) })}
      ${choice({ name: `${side}_transform`, label: "Transform", value: transform, options: TRANSFORMS, commit: (text) => set({ transform: text }) })}
      ${choice({ name: `${side}_clip`, label: "Clip", value: clip ? "quantiles" : "none", options: CLIPS, commit: (text) => set({ clip: text === "quantiles" }) })}
    </div>
  `;
}

/** @param {Side} side @param {ColorScale} chosen @param {ColorScale | null} before @param {Gauge} gauge @param {Actions} actions */
function meter(side, chosen, before, gauge, { remedy_scale, undo_scale }) {
  const { remedy } = gauge;
  return html`
    <div class="gauge">
      <p>${meterWords(gauge)}</p>
      ${remedy ? html`<button type="button" data-focus="${side}_remedy" @click=${() => remedy_scale(side, remedy)}>${remedyWords(remedy)}</button>` : nothing}
      ${before ? html`<button type="button" data-focus="${side}_undo" @click=${() => undo_scale(side)}>${remedyWords(difference(before, chosen))}</button>` : nothing}
    </div>
  `;
}

/** What of a scale is to be changed to become another. @param {ColorScale} wanted @param {ColorScale} now @returns {Partial<ColorScale>} */
function difference(wanted, now) {
  if (wanted.transform !== now.transform) return { transform: wanted.transform };
  return wanted.clip !== now.clip ? { clip: wanted.clip } : { scope: wanted.scope };
}
