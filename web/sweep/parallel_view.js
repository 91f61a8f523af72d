/** The picture of a sweep as SVG; the list beside it has the same numbers as text. */

import { FIRST, LAST, MIDDLE, tablesOf } from "../color/palettes.js";
import { percent, short } from "../ui/format.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { parallel } from "./parallel.js";
import { rankingOf } from "./state.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { DrawnAxis, Line } from "./parallel.js" */
/** @import { Result } from "./state.js" */

/** Where the colours of the lines begin, as a share of an arm: paler ones would hardly differ from the surface. */
const PALEST = 0.35;

/**
 * @param {Result[]} results  of trained runs, from best to worst
 * @param {string[]} fields
 * @param {State} state
 * @param {Actions} actions
 */
export function picture(results, fields, state, actions) {
  const ranking = rankingOf(results);
  const { width, height, top, bottom, axes, lines } = parallel(results, fields, ranking.isShare ? percent : short);
  const over = lines.find(({ id }) => id === state.runs.hovered);
  const colour = colours(state);
  return html`
    <div class="sweep-picture" translate="no">
      <svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" role="img"
        aria-label="Parallel coordinates: a line for each run, from setting to setting to ${ranking.label.toLowerCase()}. The list has the same values."
        @pointerleave=${() => actions.runs.hover(null)}>
        ${axes.map(({ x }) => svg`<line class="sweep-axis" x1=${x} x2=${x} y1=${top} y2=${bottom} />`)}
        ${lines.toReversed().map((line) => lineView(line, { stroke: colour(line.shade), isActive: line.id === state.run?.id }, actions))}
        ${over ? svg`<g class="sweep-over"><path class="sweep-halo" d=${over.path} />${path(over, colour(over.shade))}</g>` : nothing}
        ${axes.map(axisView)}
      </svg>
    </div>
  `;
}

/**
 * @param {Line} line
 * @param {{stroke: string | symbol, isActive: boolean}} look
 * @param {Actions} actions
 */
function lineView(line, { stroke, isActive }, actions) {
  const { id, path: d } = line;
  return svg`
    <g class="sweep-line ${isActive ? "active" : ""}" @pointerenter=${() => actions.runs.hover(id)} @click=${() => actions.runs.activate(id)}>
      <path class="sweep-reach" d=${d} />
      ${path(line, stroke)}
    </g>
  `;
}

/** @param {Line} line @param {string | symbol} stroke */
const path = ({ path: d, shade }, stroke) =>
  svg`<path class="sweep-path ${shade === null ? "failed" : ""}" d=${d} stroke=${stroke} />`;

/** @param {DrawnAxis} axis */
function axisView({ x, title, note, ticks, isLast }) {
  return svg`
    ${title.map((line, i) => svg`<text class="sweep-title" x=${x - 6} y=${12 + 13 * i}>${line}</text>`)}
    <text class="sweep-note" x=${x - 6} y=${12 + 13 * title.length}>${note}</text>
    ${ticks.map((tick) => svg`<text class="sweep-tick" x=${x + 5} y=${tick.y + (isLast ? 3.5 : -4)}>${tick.label}</text>`)}
  `;
}

/** Colours of the forward pass: the lower the loss, the farther from the surface. @param {State} state */
function colours({ settings: { palette, shown } }) {
  const { forward, diverging } = tablesOf(palette, shown);
  const first = diverging ? MIDDLE + Math.round(PALEST * (LAST - MIDDLE)) : FIRST;
  return (/** @type {number | null} */ shade) =>
    shade === null ? nothing : css(forward[first + Math.round(shade * (LAST - first))]);
}

/** @param {number} pixel */
const css = (pixel) => `rgb(${pixel & 255} ${(pixel >>> 8) & 255} ${(pixel >>> 16) & 255})`;
