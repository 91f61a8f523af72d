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

/** @import { LockAnswer } from "./tabs.js" */

/** Take a run over without an answer after this time: its tab is frozen. Milliseconds. */
const TAKEOVER_TIMEOUT = 3000;
const ID = /^[0-9A-Za-z_-]{1,64}$/;

/**
 * @typedef {object} OwnershipEvents
 * @property {(id: string) => void} lost  another tab has taken this run over
 * @property {(id: string) => void} free  this run had another owner, and is this tab's now
 * @property {(id: string) => Promise<void>} wanted  stop and save this run: another tab takes it over
 * @property {(kind: "saved" | "removed", id: string) => void} news  of a run of another tab
 */

export class Ownership {
  #claim;
  #on;
  #tabs;
  /** Epochs of the runs of this tab; 0 until the storage has given one. @type {Map<string, number>} */
  #epochs = new Map();
  /** Ends of the waits for runs of other tabs. @type {Map<string, AbortController>} */
  #waiting = new Map();
  /** Answers to requests to take a run over. @type {Map<string, () => void>} */
  #answers = new Map();
  /** Runs created here: no other tab can have an epoch of them. @type {Set<string>} */
  #made = new Set();
  /** Pending claims: two concurrent saves of a new run must not outdate each other. @type {Map<string, Promise<number>>} */
  #claiming = new Map();
  /** Pending requests for ownership. @type {Map<string, Promise<void>>} */
  #asking = new Map();

  /**
   * @param {object} options
   * @param {string} options.path  of the site, as for openStorage
   * @param {(id: string) => Promise<number>} options.claim  of the storage
   * @param {OwnershipEvents} options.on
   */
  constructor({ path, claim, on }) {
    this.#claim = claim;
    this.#on = on;
    this.#tabs = joinTabs({
      path,
      // A run without an epoch (the disk may be full) is trained anyway; `fence` asks again.
      claim: async (id) => (this.#made.has(id) ? 0 : claim(id).catch(() => 0)),
      onlost: (id) => this.lose(id),
      onmessage: (message) => this.#receive(message),
    });
  }

  /** @param {string} id */
  owns(id) {
    return this.#epochs.has(id);
  }

  /** Become the owner of a run, unless another tab is. @param {string} id @returns {Promise<boolean>} */
  async own(id) {
    if (this.owns(id)) return true;
    // A concurrent second request would find the lock held by this tab.
    const asked = this.#asking.get(id) ?? this.#ask(id);
    this.#asking.set(id, asked);
    await asked;
    return this.owns(id);
  }

  /** Become the owner of a run created here, without waiting for the storage. @param {string} id */
  adopt(id) {
    this.#made.add(id);
    return this.own(id);
  }

  /** Become the owner in any case; the other tab first saves, if it answers. @param {string} id */
  async takeOver(id) {
    if (this.owns(id)) return;
    await new Promise((resolve) => {
      this.#answers.set(id, () => resolve(undefined));
      setTimeout(resolve, TAKEOVER_TIMEOUT);
      this.#tabs.send({ kind: "wish", id });
    });
    this.#answers.delete(id);
    this.#made.delete(id);
    this.#take(id, await this.#tabs.takeOver(id));
  }

  /** Return the epoch to save an owned run with. @param {string} id @returns {Promise<number>} */
  async fence(id) {
    const epoch = this.#epochs.get(id) || (await this.#claimOnce(id));
    this.#epochs.set(id, epoch);
    return epoch;
  }

  /** Give up a run that another tab took over, even before its message arrives. @param {string} id */
  lose(id) {
    if (!this.#epochs.delete(id)) return;
    this.#wait(id);
    this.#on.lost(id);
  }

  /** Keep ownership of a deleted run, in case it is restored. @param {string} id */
  deleted(id) {
    if (this.owns(id)) this.#epochs.set(id, 0);
  }

  /** Tell the other tabs. @param {"saved" | "removed"} kind @param {string} id */
  announce(kind, id) {
    this.#tabs.send({ kind, id });
  }

  /** @param {string} id @returns {Promise<number>} */
  #claimOnce(id) {
    const claimed = this.#claiming.get(id) ?? this.#claim(id).finally(() => this.#claiming.delete(id));
    this.#claiming.set(id, claimed);
    return claimed;
  }

  /** @param {string} id */
  async #ask(id) {
    try {
      this.#take(id, await this.#tabs.own(id));
    } finally {
      this.#asking.delete(id);
    }
  }

  /** @param {string} id @param {LockAnswer} answer */
  #take(id, answer) {
    if (!answer.owner) {
      this.#wait(id);
      return;
    }
    this.#epochs.set(id, answer.epoch);
    this.#waiting.get(id)?.abort();
    this.#waiting.delete(id);
  }

  /** Become the owner when the current owner tab has closed. @param {string} id */
  async #wait(id) {
    if (this.#waiting.has(id)) return;
    const end = new AbortController();
    this.#waiting.set(id, end);
    try {
      await this.#tabs.whenFree(id, end.signal);
    } catch {
      return; // it is owned here, or deleted
    }
    this.#waiting.delete(id);
    if (await this.own(id)) this.#on.free(id);
  }

  /** @param {any} message */
  #receive(message) {
    const { kind, id } = message ?? {};
    if (typeof id !== "string" || !ID.test(id)) return;
    if (kind === "yours") this.#answers.get(id)?.();
    else if (kind === "wish" && this.owns(id)) this.#on.wanted(id).then(() => this.#tabs.send({ kind: "yours", id }));
    else if ((kind === "saved" || kind === "removed") && !this.owns(id)) this.#on.news(kind, id);
  }
}
