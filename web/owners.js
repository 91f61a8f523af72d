/**
 * Whose the runs are: each is trained and saved by one tab, and the other tabs look on (tabs.js).
 *
 * What tabs say to each other, as plain data; whatever arrives is untrusted:
 *   {kind: "saved", id}     there is something newer of this run in the storage
 *   {kind: "removed", id}   it has been deleted
 *   {kind: "wish", id}      I want to take it over: stop training it, save it, and tell me
 *   {kind: "yours", id}     it is saved: take it
 */

import { joinTabs } from "./tabs.js";

/** A tab that does not answer a wish in this time is frozen, and its run is taken all the same. Milliseconds. */
const PATIENCE = 3000;
const ID = /^[0-9A-Za-z_-]{1,64}$/;

/**
 * @param {object} options
 * @param {string} options.path  of the site, as for openStorage
 * @param {(id: string) => Promise<number>} options.claim  of the storage
 * @param {(id: string) => void} options.onlost   another tab has taken this run over
 * @param {(id: string) => void} options.onfree   this run had another owner, and is this tab's now
 * @param {(id: string) => Promise<void>} options.onwish  stop and save this run: another tab wants it
 * @param {(kind: "saved" | "removed", id: string) => void} options.onnews  of a run of another tab
 */
export function createOwners({ path, claim, onlost, onfree, onwish, onnews }) {
  /** Epochs of our runs; 0 until the storage has given one. @type {Map<string, number>} */
  const owned = new Map();
  /** @type {Map<string, AbortController>} */
  const waiting = new Map();
  /** @type {Map<string, () => void>} */
  const wished = new Map();
  /** Runs that were made here: no other tab can have a number of them. @type {Set<string>} */
  const made = new Set();
  // A run whose number cannot be had now (the disk may be full) is trained all the same; `fence` asks again.
  const tryToClaim = async (/** @type {string} */ id) => (made.has(id) ? 0 : claim(id).catch(() => 0));
  /** Numbers that are being asked for: two saves of a new run at once must not outdate each other. @type {Map<string, Promise<number>>} */
  const claiming = new Map();
  const claimOnce = (/** @type {string} */ id) => {
    const claimed = claiming.get(id) ?? claim(id).finally(() => claiming.delete(id));
    claiming.set(id, claimed);
    return claimed;
  };
  /** Runs that are being asked for. @type {Map<string, Promise<void>>} */
  const owning = new Map();
  const tabs = joinTabs({ path, claim: tryToClaim, onlost: lose, onmessage: receive });

  /** @param {string} id */
  function lose(id) {
    if (!owned.delete(id)) return;
    wait(id);
    onlost(id);
  }

  /** @param {any} message */
  function receive(message) {
    const { kind, id } = message ?? {};
    if (typeof id !== "string" || !ID.test(id)) return;
    if (kind === "yours") wished.get(id)?.();
    else if (kind === "wish" && owned.has(id)) onwish(id).then(() => tabs.send({ kind: "yours", id }));
    else if ((kind === "saved" || kind === "removed") && !owned.has(id)) onnews(kind, id);
  }

  /** @param {string} id @param {import("./tabs.js").Ownership} ownership */
  function take(id, ownership) {
    if (!ownership.owner) {
      wait(id);
      return;
    }
    owned.set(id, ownership.epoch);
    waiting.get(id)?.abort();
    waiting.delete(id);
  }

  /** Become the owner when the tab that is has gone. @param {string} id */
  async function wait(id) {
    if (waiting.has(id)) return;
    const end = new AbortController();
    waiting.set(id, end);
    try {
      await tabs.whenFree(id, end.signal);
    } catch {
      return; // it is ours, or there is no such run any more
    }
    waiting.delete(id);
    if (await own(id)) onfree(id);
  }

  /** @param {string} id */
  async function ask(id) {
    try {
      take(id, await tabs.own(id));
    } finally {
      owning.delete(id);
    }
  }

  /** Become the owner of a run, if no other tab is. @param {string} id */
  async function own(id) {
    if (owned.has(id)) return true;
    // Asked twice at once, the second would find the lock held: by this very tab.
    const asked = owning.get(id) ?? ask(id);
    owning.set(id, asked);
    await asked;
    return owned.has(id);
  }

  return {
    own,
    /** Become the owner of a run that was made here, without waiting for the storage. @param {string} id */
    adopt(id) {
      made.add(id);
      return own(id);
    },

    /** @param {string} id */
    owns: (id) => owned.has(id),

    /** Become the owner in any case, after the other tab has saved what it has, if it answers. @param {string} id */
    async takeOver(id) {
      if (owned.has(id)) return;
      await new Promise((resolve) => {
        wished.set(id, () => resolve(undefined));
        setTimeout(resolve, PATIENCE);
        tabs.send({ kind: "wish", id });
      });
      wished.delete(id);
      made.delete(id);
      take(id, await tabs.takeOver(id));
    },

    /** The number to save a run of ours with. @param {string} id @returns {Promise<number>} */
    async fence(id) {
      const epoch = owned.get(id) || (await claimOnce(id));
      owned.set(id, epoch);
      return epoch;
    },

    /** Another tab may have been faster than its message. @param {string} id */
    lose,

    /** A run of ours has been deleted. It stays ours, should it come back. @param {string} id */
    deleted(id) {
      if (owned.has(id)) owned.set(id, 0);
    },

    /** @param {"saved" | "removed"} kind @param {string} id */
    tell: (kind, id) => tabs.send({ kind, id }),
  };
}

/** @typedef {ReturnType<typeof createOwners>} Owners */
