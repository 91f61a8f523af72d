/**
 * Canvases that are in sight.
 *
 * What is scrolled away is not drawn while training plays, but when it comes into sight.
 */

/** Distance from the edge at which a canvas is drawn already, so that scrolling shows no old numbers. */
const MARGIN = "200px";

/** @type {WeakSet<Element>} */
const away = new WeakSet();
/** @type {WeakMap<Element, () => void>} */
const arrivals = new WeakMap();

const observer =
  globalThis.IntersectionObserver &&
  new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) arrive(target);
        else away.add(target);
      }
    },
    // Of the window, and of what scrolls in it.
    /** @type {IntersectionObserverInit} */ ({ rootMargin: MARGIN, scrollMargin: MARGIN }),
  );
globalThis.addEventListener?.("beforeprint", () => document.querySelectorAll("canvas").forEach(arrive));

/** @param {Element} canvas */
function arrive(canvas) {
  away.delete(canvas);
  arrivals.get(canvas)?.();
}

/** @param {Element} canvas @param {() => void} arrived it has come into sight */
export function watchSight(canvas, arrived) {
  arrivals.set(canvas, arrived);
  observer?.observe(canvas);
}

/** @param {Element} canvas */
export const isInSight = (canvas) => !away.has(canvas);
