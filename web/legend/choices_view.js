/** Choices of a colour scale: a button that says them, and four fields in its place. */

import { PALETTES } from "../color/palettes.js";
import { choice } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { CLIPS, describeBend, scaleWords, scopesOf, subjectName, TRANSFORMS } from "./text.js";

/** @import { ColorScale, Part, Subject } from "../color/column_scale.js" */
/** @import { Actions, Colours } from "./scale_legend_view.js" */

/**
 * The button; the tooltip of a symlog scale says where it bends.
 * @param {Subject} subject
 * @param {Part} part
 * @param {Colours} colours
 * @param {Actions} actions
 */
export function scaleButton(subject, part, { legend: { scales, editing } }, actions) {
  const { transform, scope } = scaleWords(subject, scales[subject]);
  return html`
    <button
      type="button"
      class="legend-choose"
      data-focus="${subject}_colours"
      aria-expanded=${editing === subject ? "true" : "false"}
      title=${describeBend(scales[subject], part)}
      @click=${() => actions.legend.edit(subject)}
    >
      ${transform}<span class="legend-choose-scope">${scope && ` · ${scope}`}</span>
      <svg viewBox="0 0 10 10" aria-hidden="true"><path d="M2 3.5 5 6.5 8 3.5" /></svg>
    </button>
  `;
}

/**
 * The fields, which stand in the place of the title.
 * @param {Subject} subject
 * @param {Colours} colours
 * @param {Actions} actions
 */
export function scaleFields(subject, { palette, hatched, legend: { scales } }, actions) {
  const { scope, transform, clip } = /** @type {ColorScale} */ (scales[subject]);
  const set = (/** @type {any} */ changes) => actions.legend.setScale(subject, changes);
  const scopes = scopesOf(subject);
  const palettes = Object.fromEntries(Object.entries(PALETTES).map(([name, { label }]) => [name, label]));
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // one press closes one thing
    actions.legend.edit(null);
  };
  return html`
    <div class="legend-fields" role="group" aria-label="Colours of the ${subjectName(subject)}" @keydown=${onKey}>
      ${scopes ? choice({ name: `${subject}_scope`, label: "Same scale for", value: scope, options: scopes, commit: (text) => set({ scope: text }) }) : nothing}
      ${choice({ name: `${subject}_transform`, label: "Scale", value: transform, options: TRANSFORMS, commit: (text) => set({ transform: text }) })}
      ${choice({ name: `${subject}_clip`, label: "Cut off outliers", value: clip ? "quantiles" : "none", options: CLIPS, commit: (text) => set({ clip: text === "quantiles" }) })}
      ${choice({ name: `${subject}_palette`, label: "Colours", value: palette, options: palettes, commit: actions.settings.setPalette })}
      <button type="button" class="legend-hatch" aria-pressed=${hatched ? "true" : "false"} aria-label="Hatch negative cells" title="Lines over negative cells: their sign without a colour" @click=${() => actions.settings.setHatched(!hatched)}>
        <svg viewBox="0 0 12 12" aria-hidden="true"><path d="M1 7 7 1M1 11 11 1M5 11l6-6" /></svg>
      </button>
      <button type="button" class="legend-close" aria-label="Close the choices of colour" title="Close  Esc" @click=${() => actions.legend.edit(null)}>
        <svg viewBox="0 0 10 10" aria-hidden="true"><path d="M2 2l6 6M8 2 2 8" /></svg>
      </button>
    </div>
  `;
}
