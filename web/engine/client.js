/** Calls to Python over postMessage, one promise for each id (protocol: worker.js). */

import { takeWorker } from "./first_worker.js";

/** @import { Method, Params, Result } from "../api.d.ts" */
/** @import { Named } from "./first_worker.js" */
/** @import { BootEvent, CallError, Reply } from "./protocol.d.ts" */

/**
 * An error raised by Python, or the reason why it cannot answer.
 * `name` is the Python class ("ValueError"), or "Stopped" when the worker is gone.
 */
export class RemoteError extends Error {
  /** @param {CallError} error */
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
  /** @type {Map<number, {method: Method, start: number, resolve: (result: any) => void, reject: (error: RemoteError) => void}>} */
  const pending = new Map();
  /** @type {Worker | null} */
  let worker = null;
  let nextId = 1;
  /** Time of the worker's last message, or of the first call after it had answered all. */
  let lastReply = 0;
  /** @type {((call: Answered) => void) | null} */
  let observer = null;

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
    lastReply = performance.now();
    if ("event" in reply) return onEvent(reply.event);
    const call = pending.get(reply.id);
    pending.delete(reply.id);
    if (call && observer) observer(answered(call, lastReply, reply));
    if ("result" in reply) return call?.resolve(reply.result);
    call?.reject(new RemoteError(reply.error));
    if (FATAL.has(reply.error.name)) stop(reply.error.message, reply.error.traceback);
  }

  /** Return a worker; null if this browser makes none. */
  function make() {
    try {
      return takeWorker();
    } catch (/** @type {any} */ error) {
      onStop(new RemoteError({ name: "Stopped", message: error.message, traceback: error.stack ?? "" }));
      return null;
    }
  }

  function start() {
    const made = make();
    worker = made?.worker ?? null;
    if (!made) return;
    const ifCurrent = (/** @type {() => void} */ act) => made.worker === worker && act();
    hear(made, {
      onReply: (reply) => ifCurrent(() => receive(reply)),
      onEnd: (message) => ifCurrent(() => stop(message)),
    });
  }

  return {
    start,
    stop,
    isRunning: () => worker !== null,
    /** Observe every call that is answered, one observer at a time; null ends it. @param {((call: Answered) => void) | null} listener */
    observe(listener) {
      observer = listener;
    },
    /** Milliseconds without a message while an answer is pending. */
    silence: () => (pending.size ? performance.now() - lastReply : 0),
    /**
     * @template {Method} M
     * @param {M} method
     * @param {Params<M>} [params]
     * @returns {Promise<Result<M>>}
     */
    call(method, params) {
      const { promise, resolve, reject } = withResolvers();
      const odd = Object.entries(params ?? {}).find(([, value]) => !isPlain(value));
      if (!worker || odd) {
        reject(odd && worker ? refusal(`${odd[0]} ${PLAIN}`) : notRunning());
        return promise;
      }
      const id = nextId++;
      if (pending.size === 0) lastReply = performance.now();
      pending.set(id, { method, start: performance.now(), resolve, reject });
      try {
        worker.postMessage({ id, method, params: params ?? {} });
      } catch (/** @type {any} */ error) {
        pending.delete(id); // e.g. a buffer transferred before: nothing was sent
        reject(refusal(`${method}: ${error.message}`));
      }
      return promise;
    },
  };
}

/**
 * Listen to a worker, from its first word on. Its first message means that it holds its lock; acquiring that lock means
 * that it is gone.
 * @param {Named} made
 * @param {{onReply: (reply: Reply) => void, onEnd: (message: string) => void}} listener
 */
function hear({ worker, name, early }, { onReply, onEnd }) {
  let isWatched = false;
  function watch() {
    if (isWatched) return;
    isWatched = true;
    navigator.locks?.request(name, () => onEnd("Python's worker has ended, perhaps for lack of memory"));
  }
  /** @type {Record<string, (event: any) => void>} */
  const heard = {
    message({ data }) {
      onReply(data);
      watch();
    },
    messageerror: () => onEnd("An answer of Python could not be read"),
    error: ({ message }) => onEnd(message || "Python's worker did not load"),
  };
  for (const [sign, act] of Object.entries(heard)) worker.addEventListener(sign, act);
  for (const event of early) heard[event.type](event);
}

/**
 * @param {{method: Method, start: number}} call @param {number} end
 * @param {{result: any} | {error: CallError}} reply @returns {Answered}
 */
const answered = ({ method, start }, end, reply) =>
  "result" in reply
    ? { method, start, end, answer: reply.result, failed: false }
    : { method, start, end, answer: reply.error, failed: true };

/** A call that Python has answered; times in milliseconds since the page was opened. @typedef {{method: Method, start: number, end: number, answer: any, failed: boolean}} Answered */
/** @typedef {ReturnType<typeof createClient>} Client */

/** Far deeper than lists in lists or a run's record; catches cycles. */
const MAX_DEPTH = 16;
const PLAIN = `must be plain data: numbers, texts, lists, objects and typed arrays, nested at most ${MAX_DEPTH} deep`;

/** Whether a value can be passed to Python. @param {unknown} value @param {number} [depth] @returns {boolean} */
function isPlain(value, depth = 0) {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && typeof value !== "symbol";
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  const isObject = Array.isArray(value) || Object.prototype.toString.call(value) === "[object Object]";
  return isObject && depth < MAX_DEPTH && Object.values(value).every((item) => isPlain(item, depth + 1));
}

const notRunning = () => new RemoteError({ name: "Stopped", message: "Python is not running", traceback: "" });

/** @param {string} message  what cannot be sent to Python */
const refusal = (message) => new RemoteError({ name: "ValueError", message, traceback: "" });

/** Errors after which the worker cannot answer. */
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
