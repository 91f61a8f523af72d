/** The lines of an explanation over both columns, measured where its outlines stand. */

import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing, render, svg } from "../vendor/lit-html/lit-html.js";
import { placeOf, roomOf } from "./chips.js";
import { chips } from "./chips_view.js";
import { pathOf, route } from "./threads.js";

/** @import { Region } from "../api.d.ts" */
/** @import { Area, Point, Rect } from "./threads.js" */
/** For chips: the number of layers, and the action that scrolls windows. @typedef {{layers: number, reveal: (region: Region) => void}} Around */

/** More operands than this have outlines only. */
const MAX_LINES = 4;

/** @param {Element} element @param {DOMRect} origin @returns {Rect} */
function rectIn(element, origin) {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left: left - origin.left, top: top - origin.top, right: right - origin.left, bottom: bottom - origin.top };
}

/** Whether an element stands inside the visible part of its column. @param {Element} element */
const isInSight = (element) => placeOf(element.getBoundingClientRect(), roomOf(element)) === null;

/** The key of the newest drawing, and its callback. @type {{key: unknown[], draw: (place?: Element) => void}} */
let last = { key: [], draw: () => {} };

/** The drawing, made again when anything scrolls. @type {{place: Element, around: Around} | null} */
let drawn = null;
globalThis.document?.addEventListener("scroll", () => drawn?.place.isConnected && draw(drawn.place, drawn.around), {
  capture: true,
  passive: true,
});

/** Lines and chips are drawn after the matrices, again when any part of `key` changes. @param {unknown[]} key @param {Around} around */
export function threads(key, around) {
  if (key.length !== last.key.length || key.some((part, i) => part !== last.key[i]))
    last = { key, draw: (place) => queueMicrotask(() => place && draw(place, around)) };
  return html`<svg class="network-threads" aria-hidden="true" ${ref(last.draw)}></svg><div class="network-chips"></div>`;
}

/** Draw the lines of the explanation that is open, or none. @param {Element} place  the SVG element @param {Around} around */
function draw(place, around) {
  const network = place.closest(".network");
  const chipsAt = place.nextElementSibling;
  if (!network || !(chipsAt instanceof HTMLElement)) return;
  const operands = operandsOf(network);
  drawn = operands.length ? { place, around } : null;
  render(linesOf(network, operands), /** @type {any} */ (place));
  render(chips(operands, network.getBoundingClientRect(), around.layers, around.reveal), chipsAt);
}

/** Outlines of the operands, unless there are too many. @param {Element} network @returns {HTMLElement[]} */
function operandsOf(network) {
  const found = /** @type {HTMLElement[]} */ ([...network.querySelectorAll(".contributing")]);
  return network.querySelector(".explained") && found.length <= MAX_LINES ? found : [];
}

/** @param {Element} network @param {HTMLElement[]} operands */
function linesOf(network, operands) {
  const origin = network.getBoundingClientRect();
  const target = network.querySelector(".explained");
  if (!target || !operands.length || !isInSight(target)) return nothing;
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
