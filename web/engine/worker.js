/**
 * Python's worker: starts Pyodide and passes each call to `backprop.session.Session`.
 *
 *   page → worker   {id, method, params}
 *   worker → page   {id, result} | {id, error: {name, message, traceback}}
 *   worker → page   {event: {stage, loaded, total, pending, build}}
 *
 * Only plain data crosses. Calls that arrive during the start wait for it.
 */

import { crc32 } from "../files/crc32.js";
import { download } from "./download.js";
import { compileLoops, installLoops } from "./loops.js";
import { startPython } from "./python.js";
import { checkWebAssembly, StartFault, wasmFault } from "./start_faults.js";

/** @import { BootEvent, CallError, Reply, Request } from "./protocol.d.ts" */
/** @import { PyodideAPI } from "../python/pyodide.mjs" */
/** @typedef {PyodideAPI} Pyodide */
/** Python, its session, and its `checksum` of an answer. @typedef {{pyodide: Pyodide, session: any, checksum: any}} Python */
/** Contents of an answer, in order: typed arrays and texts. @typedef {{arrays: ArrayBufferView[], texts: string[]}} Contents */

const PYTHON = new URL("../python/", import.meta.url).href;

/** @param {Reply} reply @param {ArrayBuffer[]} [transfer] */
const post = (reply, transfer = []) => self.postMessage(reply, { transfer });

/** @param {string} stage @param {Partial<BootEvent>} [rest] */
const announce = (stage, rest = {}) => post({ event: { stage, loaded: 0, total: 0, ...rest } });

/** @type {Promise<Python>} */
const booted = holdLock().then(boot);

// A call is answered in the order of arrival: `booted` keeps the queue.
self.addEventListener("message", async ({ data }) => {
  try {
    answer(await booted, data);
  } catch (error) {
    post({ id: data.id, error: describe(error, "BootError") });
  }
});

/**
 * Hold a Web Lock with this worker's name for as long as the worker lives. The page waits for the same lock: whatever ends
 * the worker (a crash, no memory, close) releases it, and no event tells the page otherwise.
 * @returns {Promise<void>}
 */
function holdLock() {
  if (!self.navigator.locks) return Promise.resolve(announce("Starting"));
  return new Promise((resolve) => {
    self.navigator.locks.request(self.name, () => {
      resolve(announce("Starting"));
      return new Promise(() => {});
    });
  });
}

async function boot() {
  checkWebAssembly();
  const { manifest, modules, packed, arrived, compiled } = await download(PYTHON, (progress) =>
    announce("Downloading Python and NumPy", progress),
  );
  const started = modules.then(() => startPython(PYTHON, manifest.lock, packed));
  const loops = compileLoops(fetch(PYTHON + manifest.loops));
  // Pyodide compiles during the download.
  const ready = Promise.all([started, compiled, arrived.then(() => announce("Starting Python"))]);
  const [pyodide] = await Promise.race([ready, unhandled()]);
  installLoops(pyodide, await loops);
  announce("Creating the first network");
  const session = pyodide.pyimport("backprop.session").Session();
  return { pyodide, session, checksum: pyodide.pyimport("backprop.wire.checksum").checksum };
}

/** Reject on unhandled rejections inside Pyodide, which would otherwise leave the start waiting forever. @returns {Promise<never>} */
function unhandled() {
  return new Promise((_, reject) => {
    self.addEventListener("unhandledrejection", ({ reason }) => reject(wasmFault("Python", reason)));
  });
}

/** @param {Python} python @param {Request} request */
function answer(python, { id, method, params }) {
  try {
    const { result, sum } = call(python, method, /** @type {Record<string, unknown>} */ (params ?? {}));
    /** @type {Contents} */
    const contents = { arrays: [], texts: [] };
    const plain = toPlain(result, contents);
    if (sum !== checksumOf(contents)) return post({ id, error: { ...GARBLED, traceback: `${method} was asked for` } });
    post({ id, result: plain }, [...new Set(contents.arrays.map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)))]);
  } catch (error) {
    post({ id, error: pythonError(python.pyodide, error) });
  }
}

/**
 * @param {Python} python
 * @param {string} method
 * @param {Record<string, unknown>} params
 */
function call({ pyodide, session, checksum }, method, params) {
  const kwargs = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, pyodide.toPy(withoutNull(value))]);
  const python = session[method];
  try {
    const result = python.callKwargs(Object.fromEntries(kwargs));
    try {
      return {
        result: result.toJs({ dict_converter: Object.fromEntries, create_pyproxies: false }),
        sum: checksum(result),
      };
    } finally {
      result.destroy();
    }
  } finally {
    python.destroy();
    for (const [, value] of kwargs) if (value instanceof pyodide.ffi.PyProxy) value.destroy();
  }
}

/** Compute the same checksum as Python: of all arrays, then of all texts. @param {Contents} contents */
function checksumOf({ arrays, texts }) {
  const crc = arrays.reduce(
    (sum, { buffer, byteOffset, byteLength }) => crc32(new Uint8Array(buffer, byteOffset, byteLength), sum),
    0,
  );
  return crc32(new TextEncoder().encode(texts.join("\0")), crc);
}

/** Reported when an answer differs from Python's checksum: above 2 GiB Pyodide has read from the wrong address. */
const GARBLED = {
  name: "GarbledError",
  message:
    "Data from Python arrived damaged (its checksum differs) and was neither shown nor saved; earlier saves are untouched. Reload the page to continue from them.",
};

/**
 * null on the wire is None in Python, but Pyodide makes None of `undefined` only.
 * @param {any} value
 * @returns {any}
 */
function withoutNull(value) {
  if (value === null) return undefined;
  if (typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(withoutNull);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutNull(item)]));
}

/**
 * Convert an answer to plain data: None, which arrives as `undefined`, becomes null; typed arrays and texts are collected in order.
 * @param {any} value @param {Contents} contents
 * @returns {any}
 */
function toPlain(value, contents) {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") contents.texts.push(value);
  if (ArrayBuffer.isView(value)) contents.arrays.push(value);
  if (typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((item) => toPlain(item, contents));
  for (const key of Object.keys(value)) value[key] = toPlain(value[key], contents);
  return value;
}

/**
 * Describe a Python exception by class, message and traceback; any other error is fatal for the interpreter.
 * @param {Pyodide} pyodide @param {any} error
 * @returns {CallError}
 */
function pythonError(pyodide, error) {
  if (!(error instanceof pyodide.ffi.PythonError)) return describe(error, "FatalError");
  const exception = pyodide.pyimport("sys").last_exc;
  const message = String(exception);
  exception?.destroy();
  const name = error.type === "_ArrayMemoryError" ? "MemoryError" : error.type; // NumPy's own kind of it
  return { name, message, traceback: error.message };
}

/** @param {any} error @param {string} name @returns {CallError} */
function describe(error, name) {
  const traceback = error instanceof StartFault ? "" : (error?.stack ?? "");
  return { name, message: error?.message ?? String(error), traceback };
}
