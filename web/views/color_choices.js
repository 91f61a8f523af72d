/** Beneath a legend: how numbers become colours, what that hides, and what would help. */

import { CLIPS, meterWords, remedyWords, scopesOf, TRANSFORMS } from "../scale_words.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { choice } from "./field.js";

/** @typedef {import("../draw/color_scale.js").ColorScale} ColorScale */
/** @typedef {import("../draw/color_scale.js").Subject} Subject */
/**
 * @typedef {object} Actions
 * @property {(subject: Subject, changes: Partial<ColorScale>) => void} set_scale
 * @property {(subject: Subject, change: Partial<ColorScale>) => void} remedy_scale
 * @property {(subject: Subject) => void} undo_scale
 */
/** @typedef {import("../draw/meter.js").Meter & {remedy: Partial<ColorScale> | null}} Gauge */

/** @param {Subject} subject @param {ColorScale} chosen @param {ColorScale | null} before what a button leads back to @param {Gauge} gauge @param {Actions} actions */
export function colorChoices(subject, chosen, before, gauge, actions) {
  return html`${choices(subject, chosen, actions)} ${meter(subject, chosen, before, gauge, actions)}`;
}

/** @param {Subject} subject @param {ColorScale} chosen @param {Actions} actions */
function choices(subject, { scope, transform, clip }, { set_scale }) {
  const set = (/** @type {any} */ changes) => set_scale(subject, changes);
  const scopes = scopesOf(subject);
  return html`
    <div class="choices">
      ${scopes ? choice({ name: `${subject}_scope`, label: "Scope", value: scope, options: scopes, commit: (text) => set({ scope: text }) }) : nothing}
      ${choice({ name: `${subject}_transform`, label: "Transform", value: transform, options: TRANSFORMS, commit: (text) => set({ transform: text }) })}
      ${choice({ name: `${subject}_clip`, label: "Clip", value: clip ? "quantiles" : "none", options: CLIPS, commit: (text) => set({ clip: text === "quantiles" }) })}
    </div>
  `;
}

/** @param {Subject} subject @param {ColorScale} chosen @param {ColorScale | null} before @param {Gauge} gauge @param {Actions} actions */
function meter(subject, chosen, before, gauge, { remedy_scale, undo_scale }) {
  const { remedy } = gauge;
  return html`
    <div class="gauge">
      <p>${meterWords(gauge)}</p>
      ${remedy ? html`<button type="button" data-focus="${subject}_remedy" @click=${() => remedy_scale(subject, remedy)}>${remedyWords(remedy)}</button>` : nothing}
      ${before ? html`<button type="button" data-focus="${subject}_undo" @click=${() => undo_scale(subject)}>${remedyWords(difference(before, chosen))}</button>` : nothing}
    </div>
  `;
}

/** What of a scale is to be changed to become another. @param {ColorScale} wanted @param {ColorScale} now @returns {Partial<ColorScale>} */
function difference(wanted, now) {
  if (wanted.transform !== now.transform) return { transform: wanted.transform };
  return wanted.clip !== now.clip ? { clip: wanted.clip } : { scope: wanted.scope };
}
