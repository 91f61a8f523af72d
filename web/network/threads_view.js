/** The lines of an explanation over both columns, measured where its outlines stand. */

import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing, render, svg } from "../vendor/lit-html/lit-html.js";
import { pathOf, route } from "./threads.js";

/** @import { Area, Point, Rect } from "./threads.js" */

/** More operands than this have outlines only. */
const MAX_LINES = 4;

/** @param {Element} element @param {DOMRect} origin @returns {Rect} */
function rectIn(element, origin) {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left: left - origin.left, top: top - origin.top, right: right - origin.left, bottom: bottom - origin.top };
}

/** Whether an element stands inside the visible part of its column. @param {Element} element */
function isInSight(element) {
  const body = element.closest(".network-body")?.getBoundingClientRect();
  const own = element.getBoundingClientRect();
  return !!body && own.bottom > body.top && own.top < body.bottom && own.right > body.left && own.left < body.right;
}

/** The key of the newest drawing, and its callback. @type {{key: unknown[], draw: (place?: Element) => void}} */
let last = { key: [], draw: () => {} };

/** The lines are drawn after the matrices, again when any part of `key` changes. @param {unknown[]} key */
export function threads(key) {
  if (key.length !== last.key.length || key.some((part, i) => part !== last.key[i]))
    last = { key, draw: (place) => queueMicrotask(() => place && drawThreads(place)) };
  return html`<svg class="network-threads" aria-hidden="true" ${ref(last.draw)}></svg>`;
}

/** Draw the lines of the explanation that is open, or none. @param {Element} place  the SVG element */
export function drawThreads(place) {
  const network = place.closest(".network");
  if (network) render(linesOf(network), /** @type {any} */ (place));
}

/** @param {Element} network */
function linesOf(network) {
  const origin = network.getBoundingClientRect();
  const target = network.querySelector(".explained");
  const operands = [...network.querySelectorAll(".contributing")];
  if (!target || operands.length > MAX_LINES || !isInSight(target)) return nothing;
  const matrices = [...network.querySelectorAll(".network-matrix")].map((each) => rectIn(each, origin));
  const to = areaOf(target, origin);
  let lane = 0;
  return operands.filter(isInSight).map((operand) => {
    const way = route(areaOf(operand, origin), to, matrices, lane);
    if (!way) return nothing;
    if (way.length > 4) lane++;
    const side = operand.closest(".backward") ? "of-gradient" : "";
    return svg`<path class=${side} d=${pathOf(way)} /><path class="head ${side}" d=${arrow(way)} />`;
  });
}

/** An outline and its matrix; weights and the biases under them count as one. @param {Element} element @param {DOMRect} origin @returns {Area} */
function areaOf(element, origin) {
  const matrix = rectIn(/** @type {Element} */ (element.closest(".network-matrix")), origin);
  const isWeight = element.closest(".network-matrix")?.querySelector('canvas[data-tensor$="weights"]');
  const biases = isWeight && element.closest(".network-block")?.querySelector('canvas[data-tensor$="biases"]');
  const bottom = biases ? Math.max(matrix.bottom, rectIn(biases, origin).bottom) : matrix.bottom;
  return { rect: rectIn(element, origin), matrix: { ...matrix, bottom } };
}

/** The head of the arrow at the end of a way. @param {Point[]} way */
function arrow(way) {
  const [before, end] = way.slice(-2);
  const [dx, dy] = [Math.sign(end.x - before.x), Math.sign(end.y - before.y)];
  const at = (/** @type {number} */ along, /** @type {number} */ across) =>
    `${end.x - along * dx - across * dy} ${end.y - along * dy - across * dx}`;
  return `M${at(5, 3.5)}L${at(0, 0)}L${at(5, -3.5)}`;
}
