/** The label over a matrix that looks empty. */

import { emptiness, hasRoom, largestOf } from "../color/emptiness.js";
import { memoize } from "../ui/memo.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Numbers } from "../api.d.ts" */
/** @import { Norm } from "../color/scale.js" */

const largest = memoize((/** @type {Numbers} */ data) => largestOf(data));

/**
 * For a place over the canvas of the matrix, in an element of its size. The cells say it themselves to screen readers.
 * @param {Numbers} data
 * @param {Norm} norm
 * @param {{width: number, height: number}} size CSS pixels
 */
export function emptyLabel(data, norm, size) {
  const words = hasRoom(size) ? emptiness(largest(data), norm) : null;
  return words ? html`<span class="legend-empty" aria-hidden="true" translate="no">${words}</span>` : nothing;
}
