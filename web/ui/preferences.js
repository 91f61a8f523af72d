/** Remembered choices of the visitor in localStorage, one key for each feature. */

/** All pages of a GitHub user share an origin, so keys are named after the site's path. @param {string} part */
const keyOf = (part) => `backprop:${new URL(".", location.href).pathname}:${part}`;

/** Permanently, or until the tab is closed. @typedef {"localStorage" | "sessionStorage"} Where */

/** @param {string} part @param {Where} [where] @returns {Record<string, any>} the stored choices; empty if storage is forbidden or invalid */
export function remembered(part, where = "localStorage") {
  try {
    return Object(JSON.parse(globalThis[where].getItem(keyOf(part)) ?? "{}"));
  } catch {
    return {};
  }
}

/**
 * @param {string} part
 * @param {Record<string, unknown>} choices
 * @param {Where} [where]
 */
export function remember(part, choices, where = "localStorage") {
  try {
    globalThis[where].setItem(keyOf(part), JSON.stringify(choices));
  } catch {
    // Storage can be forbidden or full: then choices last until the page is closed.
  }
}
