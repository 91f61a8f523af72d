/** What the browser remembers of how a reader likes the page, under one key for each part of it. */

/** @param {string} key @returns {Record<string, any>} what was remembered last; nothing where storage is forbidden or holds something else */
export function remembered(key) {
  try {
    return Object(JSON.parse(localStorage.getItem(key) ?? "{}"));
  } catch {
    return {};
  }
}

/** @param {string} key @param {Record<string, unknown>} choices */
export function remember(key, choices) {
  try {
    localStorage.setItem(key, JSON.stringify(choices));
  } catch {
    // Storage can be forbidden or full: then the choices last as long as the page.
  }
}
