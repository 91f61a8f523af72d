/** Calls to Python: one promise per id, over postMessage (the protocol stands in api.d.ts and worker.js). */

import { startWorker } from "./blob_worker.js";

/** @typedef {import("./api.d.ts").BootEvent} BootEvent */
/** @typedef {import("./api.d.ts").Method} Method */
/** @typedef {import("./api.d.ts").Reply} Reply */

/**
 * What Python said, or why it cannot say anything.
 * `name` is the Python class ("ValueError"), or "Stopped" when the worker is gone.
 */
export class RemoteError extends Error {
  /** @param {import("./api.d.ts").CallError} error */
  constructor({ name, message, traceback }) {
    super(message);
    this.name = name;
    this.traceback = traceback;
  }
}

/**
 * @param {object} listener
 * @param {(event: BootEvent) => void} listener.onEvent
 * @param {(error: RemoteError) => void} listener.onStop  the worker is gone, and every pending call is rejected
 */
export function createClient({ onEvent, onStop }) {
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: RemoteError) => void}>} */
  const pending = new Map();
  /** @type {Worker | null} */
  let worker = null;
  let nextId = 1;
  /** When the worker was last heard, or was asked after it had answered everything. */
  let heard = 0;

  /** @param {string} message */
  function stop(message, traceback = "") {
    if (!worker) return;
    worker.terminate();
    worker = null;
    const error = new RemoteError({ name: "Stopped", message, traceback });
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    onStop(error);
  }

  /** @param {Reply} reply */
  function receive(reply) {
    heard = performance.now();
    if ("event" in reply) return onEvent(reply.event);
    const call = pending.get(reply.id);
    pending.delete(reply.id);
    if ("result" in reply) return call?.resolve(reply.result);
    call?.reject(new RemoteError(reply.error));
    if (FATAL.has(reply.error.name)) stop(reply.error.message, reply.error.traceback);
  }

  function start() {
    const name = `backprop-${performance.timeOrigin}-${Math.random()}`;
    const current = startWorker(new URL("./worker.js", import.meta.url), name);
    worker = current;
    const ifCurrent = (/** @type {() => void} */ act) => current === worker && act();
    current.addEventListener("message", ({ data }) => ifCurrent(() => receive(data)));
    current.addEventListener("messageerror", () => ifCurrent(() => stop("An answer of Python could not be read")));
    current.addEventListener("error", (event) =>
      ifCurrent(() => stop(event.message || "Python's worker did not load")),
    );
    // Its first message says that it holds its lock; to be given that lock is to know that the worker is gone.
    const watch = () =>
      navigator.locks?.request(name, () =>
        ifCurrent(() => stop("Python's worker has ended, perhaps for lack of memory")),
      );
    current.addEventListener("message", watch, { once: true });
  }

  return {
    start,
    stop,
    /** For how long an answer has been awaited and nothing was heard, milliseconds. */
    silence: () => (pending.size ? performance.now() - heard : 0),
    /**
     * @template {Method} M
     * @param {M} method
     * @param {import("./api.d.ts").Params<M>} [params]
     * @returns {Promise<import("./api.d.ts").Result<M>>}
     */
    call(method, params) {
      const { promise, resolve, reject } = withResolvers();
      if (!worker) {
        reject(new RemoteError({ name: "Stopped", message: "Python is not running", traceback: "" }));
        return promise;
      }
      const id = nextId++;
      if (pending.size === 0) heard = performance.now();
      pending.set(id, { resolve, reject });
      worker.postMessage({ id, method, params: params ?? {} });
      return promise;
    },
  };
}

/** @typedef {ReturnType<typeof createClient>} Client */

/** After one of these nothing more can be asked of the worker. */
const FATAL = new Set(["FatalError", "BootError"]);

function withResolvers() {
  /** @type {(value: any) => void} */
  let resolve = () => {};
  /** @type {(error: Error) => void} */
  let reject = () => {};
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
