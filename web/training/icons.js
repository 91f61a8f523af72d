/** Icons of the controls: lines of 20 by 20 units, drawn in the colour of the text. */

import { svg } from "../vendor/lit-html/lit-html.js";

/** @param {unknown} paths */
const icon = (paths) => svg`<svg class="training-icon" viewBox="0 0 20 20" aria-hidden="true">${paths}</svg>`;

export const RESET = icon(svg`<path d="M4.5 10a5.5 5.5 0 1 0 1.9-4.2M6.6 2.8v3.3h3.3" />`);
export const PLAY = icon(svg`<path class="filled" d="M6 4.2v11.6L15.5 10z" />`);
export const PAUSE = icon(svg`<path class="filled" d="M5.5 4.5h3v11h-3zM11.5 4.5h3v11h-3z" />`);
export const PHASES = icon(svg`<path d="M2.5 6.5h6M2.5 10h10M2.5 13.5h4M11 4l3 2.5-3 2.5M9 11l3 2.5L9 16" />`);
export const SLIDERS = icon(
  svg`<path d="M3 6h7M14 6h3M3 14h3M10 14h7" /><circle cx="12" cy="6" r="2" /><circle cx="8" cy="14" r="2" />`,
);
