/**
 * Ownership of runs: one tab trains and saves each run, the others show it (tabs.js).
 *
 * Messages between tabs, as plain data; incoming ones are untrusted:
 *   {kind: "saved", id}     the storage has a newer state of this run
 *   {kind: "removed", id}   the run was deleted
 *   {kind: "wish", id}      request to take it over: stop training it, save it, and answer
 *   {kind: "yours", id}     it is saved and released
 */

import { joinTabs } from "./tabs.js";

/** Take a run over without an answer after this time: its tab is frozen. Milliseconds. */
const TAKEOVER_TIMEOUT = 3000;
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
  /** Runs created here: no other tab can have an epoch of them. @type {Set<string>} */
  const made = new Set();
  // A run without an epoch (the disk may be full) is trained anyway; `fence` asks again.
  const tryToClaim = async (/** @type {string} */ id) => (made.has(id) ? 0 : claim(id).catch(() => 0));
  /** Pending claims: two concurrent saves of a new run must not outdate each other. @type {Map<string, Promise<number>>} */
  const claiming = new Map();
  const claimOnce = (/** @type {string} */ id) => {
    const claimed = claiming.get(id) ?? claim(id).finally(() => claiming.delete(id));
    claiming.set(id, claimed);
    return claimed;
  };
  /** Pending requests for ownership. @type {Map<string, Promise<void>>} */
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

  /** Become the owner when the current owner tab has closed. @param {string} id */
  async function wait(id) {
    if (waiting.has(id)) return;
    const end = new AbortController();
    waiting.set(id, end);
    try {
      await tabs.whenFree(id, end.signal);
    } catch {
      return; // it is owned here, or deleted
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

  /** Become the owner of a run, unless another tab is. @param {string} id */
  async function own(id) {
    if (owned.has(id)) return true;
    // A concurrent second request would find the lock held by this tab.
    const asked = owning.get(id) ?? ask(id);
    owning.set(id, asked);
    await asked;
    return owned.has(id);
  }

  return {
    own,
    /** Become the owner of a run created here, without waiting for the storage. @param {string} id */
    adopt(id) {
      made.add(id);
      return own(id);
    },

    /** @param {string} id */
    owns: (id) => owned.has(id),

    /** Become the owner in any case; the other tab first saves, if it answers. @param {string} id */
    async takeOver(id) {
      if (owned.has(id)) return;
      await new Promise((resolve) => {
        wished.set(id, () => resolve(undefined));
        setTimeout(resolve, TAKEOVER_TIMEOUT);
        tabs.send({ kind: "wish", id });
      });
      wished.delete(id);
      made.delete(id);
      take(id, await tabs.takeOver(id));
    },

    /** Return the epoch to save an owned run with. @param {string} id @returns {Promise<number>} */
    async fence(id) {
      const epoch = owned.get(id) || (await claimOnce(id));
      owned.set(id, epoch);
      return epoch;
    },

    /** Give up a run that another tab took over, even before its message arrives. @param {string} id */
    lose,

    /** Keep ownership of a deleted run, in case it is restored. @param {string} id */
    deleted(id) {
      if (owned.has(id)) owned.set(id, 0);
    },

    /** @param {"saved" | "removed"} kind @param {string} id */
    tell: (kind, id) => tabs.send({ kind, id }),
  };
}

/** @typedef {ReturnType<typeof createOwners>} Owners */
