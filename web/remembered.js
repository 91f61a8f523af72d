/** What the browser remembers of how a reader likes the page, under one key for each part of it. */

/** All pages of a GitHub user share an origin, so keys are named after the site's path. @param {string} part */
const keyOf = (part) => `backprop:${new URL(".", location.href).pathname}:${part}`;

/** @param {string} part @returns {Record<string, any>} what was remembered last; nothing where storage is forbidden or holds something else */
export function remembered(part) {
  try {
    return Object(JSON.parse(localStorage.getItem(keyOf(part)) ?? "{}"));
  } catch {
    return {};
  }
}

/** @param {string} part @param {Record<string, unknown>} choices */
export function remember(part, choices) {
  try {
    localStorage.setItem(keyOf(part), JSON.stringify(choices));
  } catch {
    // Storage can be forbidden or full: then the choices last as long as the page.
  }
}
