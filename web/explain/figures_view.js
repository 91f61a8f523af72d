/** Figures of an explanation: activation function, probabilities of all classes. */

import { formatNumber } from "../ui/number.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { HEIGHT, tangentTo, WIDTH } from "./activation_curve.js";
import { ACTIVATIONS } from "./activations.js";
import { result } from "./cell_link.js";

/** @import { Explanation } from "../api.d.ts" */
/** @import { Shared } from "./cell_link.js" */

const DIGITS = 4;

/** @param {Explanation["function"]} at */
export function curve(at) {
  if (!at) return nothing;
  const [z, a, slope] = [at.z, at.a, at.slope].map((value) => formatNumber(value, DIGITS));
  const words = html`${at.name} at <i>z</i> = ${z} is ${a}; its slope there, <i>f′</i>(<i>z</i>), is ${slope}`;
  return html`
    <figure class="curve">
      ${[at.z, at.a, at.slope].every(Number.isFinite) ? picture(at) : nothing}
      <figcaption>${words}</figcaption>
    </figure>
  `;
}

/** @param {NonNullable<Explanation["function"]>} at */
function picture(at) {
  const { curve, point, tangent, origin } = tangentTo(ACTIVATIONS[at.name], at);
  const [from, to] = tangent;
  return html`
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
      ${svg`
        <line class="axis" x1="0" x2=${WIDTH} y1=${origin.y} y2=${origin.y} />
        <line class="axis" x1=${origin.x} x2=${origin.x} y1="0" y2=${HEIGHT} />
        <line class="lead" x1=${point.x} x2=${point.x} y1=${origin.y} y2=${point.y} />
        <line class="lead" x1=${origin.x} x2=${point.x} y1=${point.y} y2=${point.y} />
        <polyline points=${curve} />
        <line class="tangent" x1=${from.x} x2=${to.x} y1=${from.y} y2=${to.y} />
        <circle cx=${point.x} cy=${point.y} r="4" />
      `}
    </svg>
  `;
}

/** @param {Explanation} answer @param {Shared} shared */
export function softmax({ cell, softmax }, shared) {
  if (!softmax) return nothing;
  const names = shared.dataset?.output_labels;
  return html`
    <figure class="softmax">
      <figcaption>The probabilities of all classes: softmax of this sample's logits</figcaption>
      <ul>
        ${softmax.map(({ symbol, value, cell: logit }, j) => {
          const name = names?.length === softmax.length ? names[j] : String(j + 1);
          return html`
            <li class=${j === cell.col && cell.tensor !== "sample_losses" ? "this" : ""}>
              <span class="class">${name}</span>
              <span class="why-bar" aria-hidden="true" .style=${`--p: ${Number.isFinite(value) ? (100 * value).toFixed(2) : 0}%`}></span>
              ${logit ? result(logit, shared, formatNumber(value, DIGITS), symbol) : formatNumber(value, DIGITS)}
            </li>
          `;
        })}
      </ul>
    </figure>
  `;
}
