/** Pyodide, started with the files of the pack. */

import { STDLIB } from "./pack.js";

/** @import { PyodideAPI } from "../python/pyodide.mjs" */
/** @import { Files } from "./pack.js" */

/**
 * Modules that the pack does not hold are fetched when they are imported first.
 * @param {string} base  where Pyodide's files lie, with a slash at the end
 * @param {object} lock  a lock file of Pyodide without packages: NumPy comes with the pack
 * @param {Promise<Files>} packed
 * @returns {Promise<PyodideAPI>}
 */
export async function startPython(base, lock, packed) {
  const { loadPyodide } = await import(`${base}pyodide.mjs`);
  const stdLibURL = base + STDLIB; // this file is in the pack only
  answerFetch(stdLibURL, packed);
  const pyodide = await loadPyodide({
    indexURL: base,
    stdLibURL,
    lockFileContents: lock,
    packageBaseUrl: base,
    fsInit: async (/** @type {any} */ fs) => write(fs, await packed),
  });
  const late = pyodide.pyimport("late_modules");
  late.install((/** @type {string} */ file) => fetchNow(pyodide, base + file));
  late.destroy();
  return pyodide;
}

/** Answer the request for the standard library, which Pyodide makes once. @param {string} url @param {Promise<Files>} packed */
function answerFetch(url, packed) {
  const before = self.fetch;
  self.fetch = async (resource, options) => {
    if (String(resource) !== url) return before(resource, options);
    self.fetch = before;
    return new Response((await packed).get(STDLIB));
  };
}

/** @param {any} fs  of Emscripten @param {Files} files */
function write(fs, files) {
  let folder = "";
  for (const [path, bytes] of files) {
    if (path === STDLIB) continue;
    const parent = `/${path.slice(0, path.lastIndexOf("/"))}`;
    if (parent !== folder) fs.mkdirTree(parent);
    folder = parent;
    fs.writeFile(`/${path}`, bytes, { canOwn: true });
  }
}

/** Fetch a file while Python waits; undefined, Python's None, if it does not arrive. @param {PyodideAPI} pyodide @param {string} url */
function fetchNow(pyodide, url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    return undefined; // the connection failed
  }
  return request.status === 200 ? pyodide.toPy(new Uint8Array(request.response)) : undefined;
}
