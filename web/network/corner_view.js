/** Sentences in the free corner of a column, and the place of what follows them. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Side } from "../color/column_scale.js" */
/** @import { Plan } from "./geometry.js" */

/** Room that is needed, and the width of sentences at most. */
const ROOM = { width: 118, height: 74 };
const WIDEST = 240;

/**
 * @param {Side} side
 * @param {Plan} plan
 * @param {{samples: number, outputs: number, step: number, isDifference?: boolean}} about
 * @param {(room: {width: number, height: number}) => unknown} tenant its content after the first step
 */
export function corner(side, plan, { samples, outputs, step, isDifference = false }, tenant) {
  if (!plan.corner || !hasRoom(plan)) return nothing;
  const { x, y, width, height } = plan.corner.box;
  const place = `left: ${x}px; top: ${y}px; width: ${Math.min(WIDEST, width)}px; height: ${height}px`;
  const content = isDifference
    ? AGREEMENT
    : step > 0
      ? side === "forward"
        ? tenant({ width, height })
        : AFTERWARDS
      : sentences(side, samples, outputs);
  return html`<div class="network-corner" data-corner=${side} translate="yes" .style=${place}>${content}</div>`;
}

const AGREEMENT = html`<p>How far each gradient of your code is from the one that differences of the loss give. Empty: they agree.</p>`;
const AFTERWARDS = html`<p>How the loss changes with each number on the left.</p>`;

/** Whether the corner has room for anything. @param {Plan} plan */
export function hasRoom({ corner: free }) {
  return free !== null && free.box.width >= ROOM.width && free.box.height >= ROOM.height;
}

/** @param {Side} side @param {number} samples @param {number} outputs */
function sentences(side, samples, outputs) {
  if (side === "backward")
    return html`<p>Each cell is the gradient of the cell at the same place on the left: how much the loss changes if that number grows a little. Computed from the loss back to the inputs.</p>`;
  const rows =
    samples === 1 ? html`The row is its ${kept("1")} sample.` : html`Each row is one of ${kept(samples)} samples.`;
  const last =
    outputs === 1
      ? html`the last one outputs ${kept("1")} logit.`
      : html`the last one outputs ${kept(outputs)} logits.`;
  return html`<p>${rows} From left to right, each layer computes ${kept("z = x · W + b")} and ${kept("a = f(z)")}; ${last}</p>`;
}

/** Text that no browser translates. @param {string | number} text */
const kept = (text) => html`<span translate="no">${text}</span>`;
