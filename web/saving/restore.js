/** Restored runs: read from the storage, given back to Python, and listed where that is not possible. */

import { readLabel } from "../files/run_file.js";
import { MAX_CHARACTERS } from "../files/run_name.js";
import { count } from "../ui/number.js";
import { reason } from "../ui/reason.js";
import { notify } from "./notices.js";
import { trusted } from "./trust.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Client, RemoteError } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** @import { SavedRun } from "../storage/choose_copy.js" */
/** @import { Autosave, Opened } from "./autosave.js" */
/** @import { Damaged } from "./state.js" */

export class Restore {
  #call;
  #store;
  #opened;
  #autosave;

  /**
   * @param {object} options
   * @param {Client["call"]} options.call
   * @param {Store} options.store
   * @param {Opened} options.opened
   * @param {Autosave} options.autosave
   */
  constructor({ call, store, opened, autosave }) {
    this.#call = call;
    this.#store = store;
    this.#opened = opened;
    this.#autosave = autosave;
  }

  /** Restore every run into a Python that has just started, and delete the run it started with. */
  async atStart() {
    const saved = this.#autosave.holdsRuns() ? await this.#autosave.newest() : await this.#stored();
    const fresh = await this.#call("runs");
    const back = [];
    for (const run of saved) if (await this.#putBack(run)) back.push(run);
    if (back.length === 0) return;
    for (const { id } of fresh) await this.#call("delete_run", { id });
    const newest = back.reduce((a, b) => ((b.summary?.looked ?? 0) > (a.summary?.looked ?? 0) ? b : a));
    await this.#call("activate_run", { id: newest.id });
  }

  /** Restore the saved state of one run. @param {string} id */
  async one(id) {
    const { storage } = await this.#opened;
    const run = await storage.read(id).catch(() => null); // the next announcement will do
    if (run) await this.#putBack(run);
  }

  /** Load all saved runs, oldest first, once their owners are known. @returns {Promise<SavedRun[]>} */
  async #stored() {
    const { storage, ownership } = await this.#opened;
    try {
      const ids = await storage.ids();
      await Promise.all(ids.map((id) => ownership.own(id)));
      const runs = ids.length ? await storage.load() : [];
      const age = (/** @type {SavedRun} */ { summary }) => String(summary?.created ?? "");
      return runs.sort((a, b) => (age(a) < age(b) ? -1 : 1));
    } catch (/** @type {any} */ error) {
      const text = `The saved runs cannot be read now. ${error.message}`;
      notify(this.#store, { id: "", kind: "warning", text });
      return [];
    }
  }

  /** @param {SavedRun} run @returns {Promise<boolean>} whether it is back */
  async #putBack(run) {
    const { id, checkpoint, history, why } = run;
    if (!checkpoint) return this.#listDamaged(run, why);
    const left = [{ name: "checkpoint.safetensors", bytes: checkpoint }];
    if (belongsToAnother(id, checkpoint))
      return this.#listDamaged(run, "Its checkpoint belongs to another run.", { left });
    const { generation, values } = history;
    const rows = values.length ? { history: { generation, values } } : {};
    try {
      const runs = await this.#call("restore_run", { bytes: checkpoint, ...rows, trusted: trusted() });
      const summary = /** @type {RunSummary} */ (runs.find((it) => it.id === id));
      const { ownership } = await this.#opened;
      const isOurs = await ownership.own(id);
      this.#autosave.putBack(summary, run, isOurs && run.status !== "ok");
      this.#list(id, null);
      if (isOurs) this.#tellOf(run, summary);
      return true;
    } catch (error) {
      const { name, message } = /** @type {RemoteError} */ (error);
      if (name === "Stopped") throw error;
      return this.#listDamaged(run, `${message.replace(/[^.]$/, "$&.")} It stays saved.`, { left, whole: true });
    }
  }

  /** @param {SavedRun} run @param {RunSummary} summary */
  #tellOf({ id, why, summary: saved }, { name, step }) {
    if (why) {
      const text = `“${name}” was restored as of step ${count(step)}${reason(why)}`;
      notify(this.#store, { id, kind: "restored", text });
    }
    if (saved?.training !== true) return;
    const text = `“${name}” was interrupted at step ${count(step)}: the page was closed during training, or the browser stopped.`;
    notify(this.#store, { id, kind: "interrupted", text });
  }

  /**
   * List a run that cannot be restored; its saved data stay unchanged.
   * @param {SavedRun} run
   * @param {string} why
   * @param {{left?: Damaged["remains"], whole?: boolean}} [state]  `whole`: intact, but refused by Python
   */
  #listDamaged({ id, summary, remains }, why, { left = remains, whole = false } = {}) {
    const name = typeof summary?.name === "string" ? summary.name.slice(0, MAX_CHARACTERS) : "A run";
    this.#list(id, { id, name, why, remains: left, whole });
    const text = `“${name}” ${whole ? "was not opened" : "is damaged"}${reason(why)}`;
    notify(this.#store, { id, kind: "damaged", text });
    return false;
  }

  /** Add a run to the damaged ones, or remove it. @param {string} id @param {Damaged | null} run */
  #list(id, run) {
    const { damaged } = this.#store.get().saving;
    const others = damaged.filter((other) => other.id !== id);
    if (run || others.length < damaged.length)
      this.#store.set({ saving: { damaged: run ? [...others, run] : others } });
  }
}

/**
 * Whether a stored checkpoint would replace another run. Its checksum proves the bytes, not who wrote them.
 * @param {string} id  whose it should be
 * @param {Uint8Array} checkpoint
 */
export const belongsToAnother = (id, checkpoint) => (readLabel(checkpoint)?.id || id) !== id;
