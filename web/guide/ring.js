/** A ring around an element of the page: an overlay that follows it and takes no clicks. */

/** @typedef {{target: string, name?: string}} Target a selector, and the beginning of the accessible name */

/** Distance of the ring from the element. CSS pixels. */
const OUTSIDE = 5;

export function createRing() {
  /** @type {HTMLElement | null} */
  let ring = null;
  /** @type {Target | null} */
  let wanted = null;
  let isWaiting = false;
  let isRevealing = false;

  /** The element that the ring is around: the first one that has a size. */
  const target = () =>
    wanted &&
    [...document.querySelectorAll(wanted.target)].find(
      (found) => found.getClientRects().length && isNamed(found, wanted?.name),
    );

  function place() {
    isWaiting = false;
    const element = target();
    if (element && isRevealing) element.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (element) isRevealing = false;
    const shown = element ? visiblePart(element) : null;
    ring ??= document.body.appendChild(overlay());
    ring.hidden = shown === null;
    if (!shown) return;
    ring.style.translate = `${shown.left - OUTSIDE}px ${shown.top - OUTSIDE}px`;
    ring.style.width = `${shown.right - shown.left + 2 * OUTSIDE}px`;
    ring.style.height = `${shown.bottom - shown.top + 2 * OUTSIDE}px`;
  }

  /** At the next frame, when the page has been drawn. */
  function schedule() {
    if (isWaiting || (!wanted && (!ring || ring.hidden))) return;
    isWaiting = true;
    requestAnimationFrame(() => requestAnimationFrame(place));
  }

  globalThis.addEventListener?.("resize", schedule);
  globalThis.document?.addEventListener("scroll", schedule, { capture: true, passive: true });

  return {
    /** @param {Target | null} element  null: no ring */
    point(element) {
      wanted = element;
      schedule();
    },
    /** Scroll the element into view when it is there. */
    reveal() {
      isRevealing = true;
      schedule();
    },
    /** Scroll to the element, and focus it or the first thing in it that takes the focus. */
    focus() {
      const element = target();
      element?.scrollIntoView({ block: "nearest", inline: "nearest" });
      const taker = element?.matches(FOCUSABLE) ? element : element?.querySelector(FOCUSABLE);
      if (taker instanceof HTMLElement) taker.focus();
    },
  };
}

/** @param {Element} element @param {string} [name] */
const isNamed = (element, name = "") => (element.ariaLabel ?? element.textContent ?? "").trim().startsWith(name);

const FOCUSABLE = "button, a[href], [tabindex]";

function overlay() {
  const element = document.createElement("div");
  element.className = "guide-ring";
  element.ariaHidden = "true";
  return element;
}

/**
 * Return the part of an element that no scrolling ancestor hides, in the window; null if none is left.
 * @param {Element} element
 */
function visiblePart(element) {
  let { left, top, right, bottom } = element.getBoundingClientRect();
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    if (parent === document.body || getComputedStyle(parent).overflow === "visible") continue;
    const frame = parent.getBoundingClientRect();
    [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
    [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
  }
  return right - left > 1 && bottom - top > 1 ? { left, top, right, bottom } : null;
}
