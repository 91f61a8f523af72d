/**
 * The second copy of every run, in the origin private file system.
 * It is what is left when the database is not.
 * Files can be written and flushed synchronously only in a worker, so one does it (opfs_worker.js); here are its calls.
 *
 *   page → worker   {id, operation, parameters}
 *   worker → page   {id, result} | {id, error: {name, message}}
 */

import { startWorker } from "../engine/start_worker.js";

/** @import { Copy } from "./choose_copy.js" */

/** Files of one run; `id` is null if too damaged to identify the run. @typedef {Copy & {id: string | null}} StoredCopy */

/**
 * @typedef {object} CopyOfSave
 * @property {string} id
 * @property {number} fence
 * @property {number} sequence
 * @property {Uint8Array<ArrayBuffer> | null} checkpoint  sealed, its buffer is transferred; null to keep the one there is
 * @property {Uint8Array<ArrayBuffer>[]} chunks            sealed, their buffers are transferred
 * @property {{generation: number, start: number, end: number}} rows  of the history: what the chunks hold
 */

/**
 * @param {object} options
 * @param {string} options.name      of the database
 * @param {number} options.deadline  of each call, milliseconds
 */
export function openCopy({ name, deadline }) {
  /** @type {Worker | null} */
  let worker = null;
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
  const pending = new Map();
  let lastId = 0;

  /** @param {DOMException} error */
  function stop(error) {
    worker?.terminate();
    worker = null;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  }

  function start() {
    const current = startWorker(new URL("./opfs_worker.js", import.meta.url), name);
    current.addEventListener("message", ({ data }) => {
      const call = pending.get(data.id);
      if (data.error) call?.reject(new DOMException(data.error.message, data.error.name));
      else call?.resolve(data.result);
    });
    current.addEventListener("error", () =>
      stop(new DOMException("The worker of the second copy failed", "UnknownError")),
    );
    return current;
  }

  /**
   * @param {string} operation
   * @param {any} parameters
   * @param {ArrayBuffer[]} [transfer]
   * @param {number} [patience]
   * @returns {Promise<any>}
   */
  function call(operation, parameters, transfer = [], patience = deadline) {
    if (!navigator.storage?.getDirectory) {
      return Promise.reject(new DOMException("This browser has no private file system", "NotSupportedError"));
    }
    worker ??= start();
    const id = ++lastId;
    const hung = () => stop(new DOMException("The browser's private file system did not answer", "TimeoutError"));
    const watchdog = setTimeout(hung, patience);
    worker.postMessage({ id, operation, parameters }, transfer);
    return new Promise((resolve, reject) => pending.set(id, { resolve, reject })).finally(() => {
      clearTimeout(watchdog);
      pending.delete(id);
    });
  }

  return {
    /** Everything that is there, and files for the next runs. @param {number} [patience]  milliseconds, instead of the deadline @returns {Promise<StoredCopy[]>} unchecked */
    list: (patience) => call("list", {}, [], patience),

    /** @param {CopyOfSave} save @returns {Promise<{whole: boolean}>} `whole`: false if the history here must be rewritten */
    write: (save) =>
      call("write", save, [
        ...(save.checkpoint ? [save.checkpoint.buffer] : []),
        ...save.chunks.map((it) => it.buffer),
      ]),

    /** @param {string} id @returns {Promise<void>} */
    remove: (id) => call("remove", { id }),

    close: () => stop(new DOMException("The second copy has been closed", "AbortError")),
  };
}

/** @typedef {ReturnType<typeof openCopy>} SecondCopy */
