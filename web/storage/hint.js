/**
 * An index of saved runs in localStorage: what the database should hold.
 *
 * It reveals losses of the database.
 * Only a hint: the page works without it where localStorage is blocked or full.
 */

/**
 * @param {string} name  of the database
 */
export function openIndex(name) {
  const prefix = `${name}:run:`;
  const entries = () => attempt(() => Object.entries(localStorage), /** @type {[string, string][]} */ ([]));
  return {
    /** @param {string} id @param {{name: string, sequence: number}} entry */
    set: (id, entry) => attempt(() => localStorage.setItem(prefix + id, JSON.stringify(entry)), undefined),

    /** @param {string} id */
    remove: (id) => attempt(() => localStorage.removeItem(prefix + id), undefined),

    /** @param {string} id @returns {{name: string, sequence: number} | null} */
    get(id) {
      const entry = attempt(() => JSON.parse(localStorage.getItem(prefix + id) ?? "null"), null);
      const valid = typeof entry?.name === "string" && Number.isSafeInteger(entry.sequence);
      return valid ? { name: entry.name, sequence: entry.sequence } : null;
    },

    ids: () => entries().flatMap(([key]) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : [])),
  };
}

/** @typedef {ReturnType<typeof openIndex>} Index */

/**
 * @template T
 * @param {() => T} act @param {T} otherwise
 * @returns {T}
 */
function attempt(act, otherwise) {
  try {
    return act();
  } catch {
    return otherwise; // blocked, full, or not JSON: nothing is lost but the hint
  }
}
