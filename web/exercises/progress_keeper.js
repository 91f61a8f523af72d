/** The learner's progress: in the state at once, and on the disk soon after. */

import { progressNamed } from "./state.js";

/** @import { TaskProgress } from "../api.d.ts" */
/** @import { Store } from "../page/store.js" */
/** @import { ProgressStore } from "./progress_store.js" */

export class ProgressKeeper {
  #store;
  #makeDisk;
  /** @type {ProgressStore | null} */
  #disk = null;
  /** Names of tasks that are not on the disk as they are. @type {Set<string>} */
  #changed = new Set();
  /** @type {Promise<void> | null} */
  #writing = null;

  /** @param {Store} store @param {() => ProgressStore} makeDisk */
  constructor(store, makeDisk) {
    this.#store = store;
    this.#makeDisk = makeDisk;
  }

  /** Read what was kept. */
  async load() {
    await this.#attempt(async (disk) => this.#store.set({ exercises: await disk.load() }));
  }

  /** @param {string} name  of a task @param {(task: TaskProgress) => TaskProgress} change */
  change(name, change) {
    const { progress } = this.#store.get().exercises;
    const task = change(progressNamed(progress, name));
    this.#store.set({ exercises: { progress: { ...progress, [name]: task } } });
    this.#changed.add(name);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  /** Replace all progress. @param {string} learner @param {Record<string, TaskProgress>} progress */
  async replace(learner, progress) {
    this.#changed.clear();
    this.#store.set({ exercises: { learner, progress } });
    await this.#writing;
    await this.#attempt((disk) => disk.replace(learner, progress));
  }

  /** One task after the other, each as it is by then. */
  async #write() {
    for (const name of this.#changed) {
      this.#changed.delete(name);
      await this.#attempt((disk) => disk.save(name, this.#store.get().exercises.progress[name]));
    }
  }

  /** Without storage progress lasts until the page is closed, and the page says so. @param {(disk: ProgressStore) => Promise<unknown>} work */
  async #attempt(work) {
    try {
      this.#disk ??= this.#makeDisk();
      await work(this.#disk);
      if (!this.#store.get().exercises.isKept) this.#store.set({ exercises: { isKept: true } });
    } catch {
      this.#store.set({ exercises: { isKept: false } });
    }
  }
}
