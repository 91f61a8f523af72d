/** Strips that scroll a window, in the colours of the largest magnitudes along the axis. */

import { heatmap } from "../heatmap/heatmap.js";
import { parts } from "../tensors/names.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { overview } from "./overview.js";

/** @import { Column } from "./block_view.js" */
/** @import { PlacedBlock, Strip } from "./geometry.js" */

/** Shortest thumb in pixels. */
const LEAST = 14;

/** The strips that belong to a block. @param {PlacedBlock} block @param {Column} column */
export function strips(block, column) {
  const { plan } = column.layout;
  const first = plan.blocks.find(({ place }) => place.startsWith("layers/"));
  const mine = (/** @type {Strip} */ { axis, tensor }) =>
    axis === "samples" ? block === first : parts(tensor).place === block.place;
  return plan.strips.filter(mine).map((one) => strip(one, block, column));
}

/** @param {Strip} strip @param {PlacedBlock} block @param {Column} column */
function strip(strip, block, column) {
  const { axis, isVertical, span, tensor } = strip;
  const { windows } = column.layout;
  const most = span.units - span.shown;
  const start = Math.max(0, Math.min(most, windows[axis] ?? 0));
  const length = isVertical ? strip.height : strip.width;
  const thumb = Math.max(LEAST, (length * span.shown) / span.units);
  const at = ((length - thumb) * start) / Math.max(1, most);
  const place = `left: ${strip.x - block.x}px; top: ${strip.y - block.y}px; width: ${strip.width}px; height: ${strip.height}px; --at: ${at}px; --thumb: ${thumb}px`;
  // During Play a few times a second: an overview costs as much as the whole matrix.
  const found = tensor ? column.metered(tensor) : null;
  const noun = axis === "samples" ? "samples" : "units";
  const words = `${noun} ${start + (axis === "samples" ? 1 : 0)}–${start + span.shown - (axis === "samples" ? 0 : 1)} of ${span.units.toLocaleString("en")}`;
  // Below the strip of samples, unless another strip lies there.
  const isWorded = axis === "samples" && column.layout.plan.strips.every((other) => other.isVertical);
  const scroll = (/** @type {number} */ to) => column.scroll(axis, to);
  return html`
    <div
      class="network-strip ${isVertical ? "vertical" : ""} ${axis === "samples" ? "plain" : ""}"
      role="scrollbar"
      tabindex="-1"
      aria-label=${axis === "samples" ? "Samples shown" : "Units shown"}
      aria-controls=${`network-${column.side}`}
      aria-orientation=${isVertical ? "vertical" : "horizontal"}
      aria-valuemin="0"
      aria-valuemax=${most}
      aria-valuenow=${start}
      aria-valuetext=${words}
      title=${words}
      .style=${place}
      @pointerdown=${(/** @type {PointerEvent} */ event) => drag(event, { isVertical, thumb, most, scroll })}
      @pointermove=${(/** @type {PointerEvent} */ event) => drag(event, { isVertical, thumb, most, scroll })}
    >
      ${found ? html`<canvas aria-hidden="true" ${heatmap(overview(found)(isVertical, Math.round(length)), column.drawn.table, column.drawn.parts(found.name).norm)}></canvas>` : nothing}
      <span class="network-thumb"></span>
    </div>
    ${isWorded ? html`<p class="network-window-words" .style=${`left: ${strip.x - block.x}px; top: ${strip.y + strip.height - block.y + 2}px`}>${words}</p>` : nothing}
  `;
}

/** @param {PointerEvent} event @param {{isVertical: boolean, thumb: number, most: number, scroll: (to: number) => void}} strip */
function drag(event, { isVertical, thumb, most, scroll }) {
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.type === "pointerdown") element.setPointerCapture(event.pointerId);
  else if (!element.hasPointerCapture(event.pointerId)) return;
  const box = element.getBoundingClientRect();
  const [at, length] = isVertical ? [event.clientY - box.top, box.height] : [event.clientX - box.left, box.width];
  scroll((most * (at - thumb / 2)) / Math.max(1, length - thumb));
}
