/**
 * Pages that are open, and pages that ended uncleanly: then the database may need `heal`.
 *
 * Open pages are registered in the database with strict writes: localStorage reaches the disk seconds later, too late for a
 * browser that dies young. That it left stands in localStorage, the only place to which a closing page can still write.
 */

/** @import { RunsDb } from "./database.js" */

/** @param {string} name  of the database @param {RunsDb} database */
export function openSessions(name, database) {
  const session = Math.random().toString(36).slice(2);
  const leftMark = (/** @type {string} */ one) => `${name}:left:${one}`;
  const lockOf = (/** @type {string} */ one) => `${name}:open:${one}`;

  /** @param {string} one */
  function hasLeft(one) {
    try {
      return localStorage.getItem(leftMark(one)) !== null;
    } catch {
      return false; // nobody knows: then the database is healed once too often
    }
  }

  /** @param {(key: string) => void} act @param {string} one */
  function note(act, one) {
    try {
      act(leftMark(one));
    } catch {
      // the same
    }
  }

  /** @param {string[]} sessions */
  async function notAlive(sessions) {
    if (!sessions.length || !navigator.locks) return sessions;
    const { held = [], pending = [] } = await navigator.locks.query();
    const alive = new Set([...held, ...pending].map((lock) => lock.name));
    return sessions.filter((one) => !alive.has(lockOf(one)));
  }

  return {
    /** Register this page as open; clean up after pages that ended uncleanly. @param {boolean} heal */
    async enter(heal) {
      const over = await notAlive(await database.sessions());
      navigator.locks?.request(lockOf(session), () => new Promise(() => {})); // held for as long as the page lives
      await database.enter(session);
      if (heal && over.some((one) => !hasLeft(one))) await database.heal();
      await database.forget(over);
      for (const one of over) note((key) => localStorage.removeItem(key), one);
    },

    /** This page is being closed. */
    leave: () => note((key) => localStorage.setItem(key, "1"), session),

    /** The closed page was only asleep. */
    comeBack: () => note((key) => localStorage.removeItem(key), session),
  };
}
