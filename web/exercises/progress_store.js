/** Progress on the disk: a database of its own, with one record for each task. */

import { connect, result } from "../storage/connection.js";

/** @import { TaskProgress } from "../api.d.ts" */
/** @import { Connection } from "../storage/connection.js" */

const STORE = "progress";
/** The learner's name is a record too; no task has this name. */
const LEARNER = "learner";
/** Milliseconds. */
const DEADLINE = 5_000;

export class ProgressStore {
  /** @type {Connection} */
  #connection;

  /** @param {{factory?: IDBFactory, path?: string}} [where] */
  constructor({ factory = globalThis.indexedDB, path = new URL(".", location.href).pathname } = {}) {
    this.#connection = connect({
      factory,
      name: `backprop-exercises:${path}`,
      version: 1,
      upgrade: (db) => db.createObjectStore(STORE),
      onupgrade: () => {},
      deadline: DEADLINE,
    });
  }

  /** @returns {Promise<{learner: string, progress: Record<string, TaskProgress>}>} */
  async load() {
    return this.#connection.run([STORE], "readonly", async (transaction) => {
      const store = transaction.objectStore(STORE);
      const [keys, values] = await Promise.all([result(store.getAllKeys()), result(store.getAll())]);
      const pairs = keys.map((/** @type {string} */ key, /** @type {number} */ index) => [key, values[index]]);
      const { [LEARNER]: learner = "", ...progress } = Object.fromEntries(pairs);
      return { learner, progress };
    });
  }

  /** @param {string} name @param {TaskProgress} task */
  save(name, task) {
    return this.#connection.run([STORE], "readwrite", (transaction) =>
      result(transaction.objectStore(STORE).put(task, name)),
    );
  }

  /** Replace everything. @param {string} learner @param {Record<string, TaskProgress>} progress */
  replace(learner, progress) {
    return this.#connection.run([STORE], "readwrite", async (transaction) => {
      const store = transaction.objectStore(STORE);
      const changes = [store.clear(), store.put(learner, LEARNER)];
      for (const [name, task] of Object.entries(progress)) changes.push(store.put(task, name));
      await Promise.all(changes.map((change) => result(change)));
    });
  }
}
