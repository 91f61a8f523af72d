/** Popovers under the button that opens them; Escape and a press beside them close them. */

import { ref } from "../vendor/lit-html/directives/ref.js";
import { html } from "../vendor/lit-html/lit-html.js";

/** Distances from the opener and from the edges of the window. Pixels. */
const GAP = 6;
const EDGE = 8;

/**
 * @param {object} popover
 * @param {string} popover.id
 * @param {string} popover.label  its accessible name
 * @param {unknown} popover.content
 * @param {string} [popover.name]  a class
 */
export const popover = ({ id, label, content, name = "" }) => html`
  <div
    id=${id}
    class="ui-popover ${name}"
    popover
    role="dialog"
    aria-label=${label}
    ${ref(stretch)}
    @toggle=${place}
  >${content}</div>
`;

/** @type {WeakSet<Element>} */
const observed = new WeakSet();

/** Follow the size of what is in it. A callback for several elements is called at each drawing. @param {Element | undefined} element */
function stretch(element) {
  if (!(element instanceof HTMLElement) || observed.has(element)) return;
  observed.add(element);
  new ResizeObserver(() => element.matches(":popover-open") && put(element)).observe(element);
}

/** @param {Event} event */
function place({ target }) {
  if (target instanceof HTMLElement && target.matches(":popover-open")) put(target);
}

/** Put a popover under its opener, or above it where there is no room. @param {HTMLElement} element */
function put(element) {
  const opener = document.querySelector(`[popovertarget="${CSS.escape(element.id)}"]`);
  if (!opener) return;
  const { left, top, bottom } = opener.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = element;
  const { clientWidth, clientHeight } = document.documentElement;
  const below = bottom + GAP;
  const isRoom = below + offsetHeight + EDGE <= clientHeight;
  element.style.left = `${Math.max(EDGE, Math.min(left, clientWidth - offsetWidth - EDGE))}px`;
  element.style.top = `${isRoom ? below : Math.max(EDGE, top - GAP - offsetHeight)}px`;
}
