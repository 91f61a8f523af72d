/**
 * A small index of saved runs in localStorage: what the database should hold. When it has lost something, this tells.
 * It is a hint and no more: where localStorage is blocked or full, the page goes without.
 */

/**
 * @param {string} name  of the database
 */
export function openIndex(name) {
  const prefix = `${name}:run:`;
  const session = `${name}:open:${Math.random().toString(36).slice(2)}`;
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

    /** Note that a page is open here, until `leave`. @returns {() => void} leave */
    enter() {
      navigator.locks?.request(session, () => new Promise(() => {})); // held for as long as the page lives
      attempt(() => localStorage.setItem(session, "1"), undefined);
      return () => attempt(() => localStorage.removeItem(session), undefined);
    },

    /**
     * Pages that were open and never left, although they live no more: the browser crashed, was killed, or lost its power.
     * @returns {Promise<string[]>} to be given to `forget` when that has been seen to
     */
    async unclean() {
      const marks = entries().flatMap(([key]) => (key.startsWith(`${name}:open:`) && key !== session ? [key] : []));
      if (!marks.length || !navigator.locks) return marks;
      const { held = [], pending = [] } = await navigator.locks.query();
      return marks.filter((mark) => ![...held, ...pending].some((lock) => lock.name === mark));
    },

    /** @param {string[]} marks */
    forget(marks) {
      for (const mark of marks) attempt(() => localStorage.removeItem(mark), undefined);
    },
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
