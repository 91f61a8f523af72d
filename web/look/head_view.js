/** The head of a half: overview, name, what part is shown, legend, and the way back. */

import { heatmap } from "../heatmap/heatmap.js";
import { columnLegend, lineLegend } from "../legend/scale_legend_view.js";
import { parts } from "../tensors/names.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { nameOf, partWords } from "./text.js";

/** @import { Column } from "../api.d.ts" */
/** @import { Colours } from "../legend/scale_legend_view.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { Half } from "./cells_view.js" */
/** @import { Layout } from "./geometry.js" */

/** Width and height of the overview. CSS pixels; CSS has the same. */
const SIZE = 36;

/** @param {Half} half @param {Layout} layout @param {{column: Column, colours: Colours, isLast: boolean}} about @param {Actions} actions */
export function head(half, layout, { column, colours, isLast }, actions) {
  const { side, now, facts } = half;
  const { vector } = parts(now.tensor.name);
  const legend = vector ? lineLegend(vector, column, colours, actions) : columnLegend(side, column, colours, actions);
  return html`
    <header class="network-head">
      ${overview(half, layout, actions)}
      <div class="network-title">
        <h2>${nameOf(now.tensor.name, facts).map(({ text, style }) => (style === "italic" ? html`<i>${text}</i>` : text))}</h2>
        <p class="subtitle">${partWords(layout)}</p>
      </div>
      ${legend} ${isLast ? back(actions) : nothing}
    </header>
  `;
}

/** @param {Actions} actions */
export const back = ({ look }) => html`
  <button type="button" class="look-back" @click=${look.close} translate="yes">Back to the network <kbd aria-hidden="true" translate="no">Esc</kbd></button>
`;

/** The whole matrix, with a frame around what is shown; a press or a drag moves that. @param {Half} half @param {Layout} layout @param {Actions} actions */
function overview({ now: { tensor, norm }, table }, { top, left, rows, columns, shape: [all, wide] }, actions) {
  const go = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {HTMLElement} */ (event.currentTarget);
    if (event.type === "pointerdown") box.setPointerCapture(event.pointerId);
    if (event.buttons === 0) return;
    const { left: x, top: y } = box.getBoundingClientRect();
    const share = (/** @type {number} */ at) => Math.max(0, Math.min(1, at / SIZE));
    actions.look.centre(Math.round(share(event.clientY - y) * all), Math.round(share(event.clientX - x) * wide));
  };
  const part = (/** @type {number} */ share) => `${(100 * share).toFixed(2)}%`;
  const frame = `left: ${part(left / wide)}; top: ${part(top / all)}; width: ${part(columns / wide)}; height: ${part(rows / all)}`;
  return html`
    <div class="look-overview" aria-hidden="true" title="Drag to move" @pointerdown=${go} @pointermove=${go}>
      <canvas ${heatmap(tensor, table, norm, { row: 0, col: 0, rows: all, columns: wide, width: SIZE, height: SIZE, scale: devicePixelRatio })}></canvas>
      ${tensor.covered ? html`<span class="cover"></span>` : nothing}
      <span class="look-frame" .style=${frame}></span>
    </div>
  `;
}
