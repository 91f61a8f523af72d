/** Chips of operands that are out of sight: buttons that go there. */

import { title } from "../tensors/names.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { apart, placeOf, roomOf } from "./chips.js";

/** @import { Region } from "../api.d.ts" */

/** The region that an outline stands for. @param {HTMLElement} outline @returns {Region | null} */
function regionOf(outline) {
  const canvas = outline.closest(".cells")?.querySelector("canvas[data-tensor]");
  if (!(canvas instanceof HTMLElement)) return null;
  const read = (/** @type {string} */ name) => Number(outline.style.getPropertyValue(name));
  const isRow = read("--width") > 1;
  const isColumn = read("--height") > 1;
  return {
    tensor: canvas.dataset.tensor ?? "",
    row: isColumn ? null : read("--row"),
    col: isRow ? null : read("--column"),
  };
}

/**
 * @param {HTMLElement[]} outlines  of the operands
 * @param {DOMRect} origin  of the network
 * @param {number} layers
 * @param {(region: Region) => void} reveal
 */
export function chips(outlines, origin, layers, reveal) {
  const found = outlines.flatMap((outline) => {
    const place = placeOf(outline.getBoundingClientRect(), roomOf(outline));
    const region = place && regionOf(outline);
    return place && region ? [{ outline, place, region }] : [];
  });
  const places = apart(found.map(({ place }) => place));
  return found.map(({ outline, region }, i) => {
    const name = title(region.tensor, layers);
    const go = () => {
      reveal(region);
      // Windows are scrolled with the next drawing.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => outline.scrollIntoView({ block: "center", inline: "center" })),
      );
    };
    const at = `left: ${places[i].x - origin.left}px; top: ${places[i].y - origin.top}px`;
    return html`<button type="button" class="network-chip" aria-label="Go to ${name}" .style=${at} @click=${go}>${name} ${places[i].arrow}</button>`;
  });
}
