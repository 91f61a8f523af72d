/** Feet of the columns: what parameters show, the cell pointed at, and the size of the cells. */

import { keyed } from "../vendor/lit-html/directives/keyed.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { hint, partnerHint, reading } from "./readout_view.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { Facts } from "../tensors/axis.js" */
/** @import { Plan } from "./geometry.js" */
/** @import { Reading } from "./readout_view.js" */

/**
 * @param {object} shown
 * @param {Reading | null} shown.forward
 * @param {Reading | null} shown.backward
 * @param {Reading[]} shown.memory the optimizer's state of the cell
 * @param {unknown} shown.line the sample in one line, if it stands here
 * @param {unknown} shown.parameters the switch of what parameters show, and its legend
 * @param {{forward: unknown, backward: unknown}} shown.meters what the scales hide
 * @param {string} run its id
 * @param {{facts: Facts, plan: Plan, zoom: number | null}} size
 * @param {Actions} actions
 */
export function feet({ forward, backward, memory, line, parameters, meters }, run, { facts, ...size }, actions) {
  const isRead = forward !== null || backward !== null;
  const both = html`
    <div class="network-feet" role="group" aria-label="Cell readout">
      <div class="network-foot forward">
        ${parameters}
        ${isRead ? reading(forward, facts, memory) : (line ?? hint())}
        <span class="network-meter">${meters.forward}</span>
      </div>
      <div class="network-foot backward">
        ${isRead ? reading(backward, facts) : partnerHint()}
        <span class="network-meter">${meters.backward}</span>
        ${zooming(size, actions)}
      </div>
    </div>
  `;
  return keyed(run, both); // those of a recording are replaced, and do not move
}

/** @param {{plan: Plan, zoom: number | null}} size @param {Actions} actions */
function zooming({ plan, zoom }, actions) {
  return html`
    <div class="network-zoom" role="group" aria-label="Size of the cells">
      <button type="button" aria-label="Smaller cells" title="Smaller cells  −" @click=${() => actions.network.zoomBy(-1)}>−</button>
      <button type="button" class="network-fit" aria-pressed=${zoom === null ? "true" : "false"} title="As large as fits  0" @click=${actions.network.fit}>${sizeWords(plan, zoom)}</button>
      <button type="button" aria-label="Larger cells" title="Larger cells  +" @click=${() => actions.network.zoomBy(1)}>+</button>
    </div>
  `;
}

/** @param {Plan} plan @param {number | null} zoom @returns {string} "Fit · 6 px, wide layers 1 px" */
export function sizeWords({ cell, blocks }, zoom) {
  const narrow = blocks.map(({ columns }) => columns.pitch).filter((pitch) => pitch < cell);
  const wide = narrow.length && zoom === null ? `, wide layers ${Math.min(...narrow)} px` : "";
  return zoom === null ? `Fit · ${cell} px${wide}` : `${cell} px`;
}
