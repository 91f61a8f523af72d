/**
 * The engine room: boots Python (Pyodide) in this worker and hands each call to `backprop.session.Session`.
 *
 *   page → worker   {id, method, params}
 *   worker → page   {id, result} | {id, error: {name, message, traceback}}
 *   worker → page   {event: {stage, loaded, total}}
 *
 * Only plain data crosses. Calls that arrive during the start wait for it.
 */

import { download } from "./download.js";

/** @typedef {import("./api.d.ts").Request} Request */
/** @typedef {import("./api.d.ts").Reply} Reply */
/** @typedef {import("./api.d.ts").CallError} CallError */
/** @typedef {import("./python/pyodide.mjs").PyodideAPI} Pyodide */

const PYTHON = new URL("./python/", import.meta.url).href;

/** @param {Reply} reply @param {ArrayBuffer[]} [transfer] */
const post = (reply, transfer = []) => self.postMessage(reply, { transfer });

/** @param {string} stage @param {number} [loaded] @param {number} [total] */
const announce = (stage, loaded = 0, total = 0) => post({ event: { stage, loaded, total } });

/** @type {Promise<{pyodide: Pyodide, session: any}>} */
const booted = holdLock().then(boot);

// A call is answered in the order of arrival: `booted` keeps the queue.
self.addEventListener("message", async ({ data }) => {
  try {
    const { pyodide, session } = await booted;
    answer(pyodide, session, data);
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
  const { manifest, arrived } = await download(PYTHON, (loaded, total) =>
    announce("Downloading Python and NumPy", loaded, total),
  );
  // Pyodide compiles what it has while the rest still comes.
  const [pyodide] = await Promise.all([loadPython(), arrived.then(() => announce("Starting Python"))]);
  // A package that cannot be loaded is only logged, so look.
  if (!("numpy" in pyodide.loadedPackages)) throw new Error("NumPy could not be loaded: its file did not arrive whole");
  const archive = await (await fetch(PYTHON + manifest.package)).arrayBuffer();
  const [major, minor] = manifest.python.split(".");
  pyodide.unpackArchive(archive, "zip", { extractDir: `/lib/python${major}.${minor}/site-packages` });
  announce("Making the first network");
  const session = pyodide.pyimport("backprop.session").Session();
  announce("Testing the gradients");
  return { pyodide, session };
}

/** @returns {Promise<Pyodide>} */
async function loadPython() {
  const { loadPyodide } = await import(`${PYTHON}pyodide.mjs`);
  return loadPyodide({ indexURL: PYTHON, packages: ["numpy"] });
}

/** @param {Pyodide} pyodide @param {any} session @param {Request} request */
function answer(pyodide, session, { id, method, params }) {
  try {
    const result = call(pyodide, session, method, /** @type {Record<string, unknown>} */ (params ?? {}));
    /** @type {Set<ArrayBuffer>} */
    const buffers = new Set();
    post({ id, result: toPlain(result, buffers) }, [...buffers]);
  } catch (error) {
    post({ id, error: pythonError(pyodide, error) });
  }
}

/** @param {Pyodide} pyodide @param {any} session @param {string} method @param {Record<string, unknown>} params */
function call(pyodide, session, method, params) {
  const kwargs = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, pyodide.toPy(withoutNull(value))]);
  const python = session[method];
  try {
    const result = python.callKwargs(Object.fromEntries(kwargs));
    if (!(result instanceof pyodide.ffi.PyProxy)) return result;
    try {
      return result.toJs({ dict_converter: Object.fromEntries, create_pyproxies: false });
    } finally {
      result.destroy();
    }
  } finally {
    python.destroy();
    for (const [, value] of kwargs) if (value instanceof pyodide.ffi.PyProxy) value.destroy();
  }
}

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
 * The way back: None, which arrives as `undefined`, is null; the buffers of typed arrays are collected, to be transferred.
 * @param {any} value @param {Set<ArrayBuffer>} buffers
 * @returns {any}
 */
function toPlain(value, buffers) {
  if (value === undefined || value === null) return null;
  if (ArrayBuffer.isView(value)) {
    buffers.add(/** @type {ArrayBuffer} */ (value.buffer));
    return value;
  }
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => toPlain(item, buffers));
  for (const key of Object.keys(value)) value[key] = toPlain(value[key], buffers);
  return value;
}

/**
 * A Python exception by its class, its own sentence and its traceback; anything else has broken the interpreter for good.
 * @param {Pyodide} pyodide @param {any} error
 * @returns {CallError}
 */
function pythonError(pyodide, error) {
  if (!(error instanceof pyodide.ffi.PythonError)) return describe(error, "FatalError");
  const exception = pyodide.pyimport("sys").last_exc;
  const message = String(exception);
  exception?.destroy();
  return { name: error.type, message, traceback: error.message };
}

/** @param {any} error @param {string} name @returns {CallError} */
function describe(error, name) {
  return { name, message: error?.message ?? String(error), traceback: error?.stack ?? "" };
}
