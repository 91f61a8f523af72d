/** The saved runs of this page: storage, owners, saves and restores in turn, and news of other tabs. */

import { openStorage } from "../storage/index.js";
import { ofRun } from "../ui/of_run.js";
import { Autosave } from "./autosave.js";
import { notify } from "./notices.js";
import { Ownership } from "./ownership.js";
import { Restore } from "./restore.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** @import { StorageState } from "../storage/index.js" */
/** @import { Taken } from "./autosave.js" */

export class SavedRuns {
  /** @readonly */
  autosave;
  #call;
  #store;
  #halt;
  #follow;
  #restore;
  /** @type {Ownership | undefined} */
  #ownership;
  /** Unprocessed changes announced by other tabs: runs saved, deleted or released. @type {Map<string, "saved" | "removed" | "free">} */
  #news = new Map();
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #hasAsked = false;
  #opened;

  /**
   * @param {object} options
   * @param {Client["call"]} options.call
   * @param {Store} options.store
   * @param {(id: string) => void} options.halt    stop training this run, if it trains
   * @param {() => Promise<void>} options.follow   synchronize the page with Python
   */
  constructor({ call, store, halt, follow }) {
    this.#call = call;
    this.#store = store;
    this.#halt = halt;
    this.#follow = follow;
    this.#opened = this.#open();
    this.autosave = new Autosave(call, store, this.#opened);
    this.#restore = new Restore({ call, store, opened: this.#opened, autosave: this.autosave });
  }

  /** Restore every run into a Python that has just started. */
  atStart() {
    return this.#restore.atStart();
  }

  /** Save the runs of this tab that have changed. @param {RunSummary[]} runs @param {Taken | null} [taken] */
  saveChanged(runs, taken) {
    return this.#inTurn(() => this.autosave.saveChanged(runs, taken));
  }

  /** Apply pending changes announced by other tabs. */
  async catchUp() {
    const changed = await this.#inTurn(async () => {
      const all = [...this.#news];
      this.#news.clear();
      const { ownership } = await this.#opened;
      for (const [id, kind] of all) {
        if (kind === "removed") await this.#forget(id);
        else if (kind === "free" || !ownership.owns(id)) await this.#restore.one(id); // a run owned by now is newest here
      }
      return all.length > 0;
    }).catch(() => false); // Python has stopped: a restart loads the newest
    if (changed) await this.#follow();
  }

  /** Make a run this tab's, and show its newest state. @param {string} id */
  async takeOver(id) {
    const { ownership } = await this.#opened;
    await ownership.takeOver(id);
    await this.#inTurn(() => this.#restore.one(id));
    this.autosave.touch(id);
  }

  /** Retry failed saves now. */
  async retry() {
    const { storage } = await this.#opened;
    await storage.retry();
  }

  /** Ask the browser to keep this site's storage; once, on a user gesture. */
  async persist() {
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    const { storage } = await this.#opened;
    await storage.persist();
  }

  async #open() {
    const path = new URL(".", location.href).pathname;
    const storage = await openStorage({
      path,
      onlost: (id) => this.#ownership?.lose(id),
      onfound: (id) => this.#hear("saved", id),
      onstate: (state) => this.#showState(state),
    });
    this.#ownership = new Ownership({
      path,
      claim: (id) => storage.claim(id),
      on: {
        lost: (id) => this.#lost(id),
        free: (id) => this.#hear("free", id),
        wanted: (id) => this.#release(id),
        news: (kind, id) => this.#hear(kind, id),
      },
    });
    return { storage, ownership: this.#ownership };
  }

  /** Run tasks one at a time, in order. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  #inTurn(work) {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {}); // the caller handles it
    return done;
  }

  /** @param {StorageState} storage */
  #showState(storage) {
    const before = this.#store.get().saving.storage?.runs;
    this.#store.set({ saving: { storage } });
    for (const [id, { saved }] of Object.entries(storage.runs))
      if (saved !== null && saved !== ofRun(before ?? {}, id)?.saved) this.#ownership?.announce("saved", id);
  }

  /** @param {"saved" | "removed" | "free"} kind @param {string} id */
  #hear(kind, id) {
    this.#news.set(id, kind);
    if (this.#store.get().page.boot === "ready") this.catchUp();
  }

  /** Delete a run that another tab has deleted. @param {string} id */
  async #forget(id) {
    const runs = await this.#call("runs");
    if (!runs.some((run) => run.id === id)) return;
    if (runs.length === 1) await this.#call("create_run", {});
    await this.#call("delete_run", { id });
  }

  /** Another tab has taken a run over. @param {string} id */
  #lost(id) {
    const { runs, saving } = this.#store.get();
    this.#halt(id);
    this.#store.set({ saving: { elsewhere: [...saving.elsewhere, id] } });
    this.autosave.touch(id, true);
    const name = runs.list.find((run) => run.id === id)?.name ?? "A run";
    const text = `“${name}” is now open in another tab, so it is view-only here.`;
    notify(this.#store, { id, kind: "taken", text });
    this.#hear("saved", id);
  }

  /** Stop and save a run that another tab takes over. @param {string} id */
  async #release(id) {
    this.#halt(id);
    if (this.#store.get().page.boot === "ready") await this.saveChanged(await this.#call("runs"));
    await this.autosave.saved(id);
  }
}
