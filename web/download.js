/**
 * Fetches everything that Python needs, all at once, and counts the bytes as they arrive.
 *
 * `manifest.json` (made by build.py) lists the files with their sizes. Each response is kept until Pyodide asks for that
 * file through `fetch`: it gets the response itself, so that WebAssembly still compiles while it streams.
 */

/**
 * @typedef {object} Manifest
 * @property {{file: string, bytes: number}[]} files  what every start fetches
 * @property {string} package  the file among them that holds our own package
 * @property {string} python   "3.14.2"
 */

/**
 * @param {string} base  where the files lie, with a slash at the end
 * @param {(loaded: number, total: number) => void} progress  in bytes, after unpacking by the browser
 * @returns {Promise<{manifest: Manifest, arrived: Promise<unknown>}>} once all files are requested; `arrived` when they are here
 */
export async function download(base, progress) {
  const manifest = /** @type {Manifest} */ (await (await get(`${base}manifest.json`)).json());
  const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  let loaded = 0;
  const count = (/** @type {number} */ bytes) => {
    loaded += bytes;
    progress(loaded, total);
  };
  /** @type {Map<string, Promise<Response>>} */
  const responses = new Map();
  const counted = manifest.files.map(({ file, bytes }) => {
    const url = base + file;
    // Modules come by import, not by fetch: importing them here starts them with the rest; Pyodide then finds them loaded.
    if (file.endsWith(".mjs")) return import(url).then(() => count(bytes));
    const response = get(url);
    responses.set(url, response);
    return response.then((it) => read(it.clone(), count));
  });
  answerFetchFrom(responses);
  return { manifest, arrived: Promise.all(counted) };
}

/** @param {string} url */
async function get(url) {
  const response = await fetch(url).catch((error) => {
    throw new Error(`${nameOf(url)} could not be downloaded (${error.message}). Is the connection there?`);
  });
  if (!response.ok) throw new Error(`${nameOf(url)} could not be downloaded: the server answered ${response.status}`);
  return response;
}

/** @param {string} url */
const nameOf = (url) => url.slice(url.lastIndexOf("/") + 1);

/** @param {Response} response @param {(bytes: number) => void} count */
async function read(response, count) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) count(part.value.length);
}

/** @param {Map<string, Promise<Response>>} responses */
function answerFetchFrom(responses) {
  const fetchAnew = self.fetch;
  self.fetch = (resource, options) => {
    const url = String(resource);
    const response = responses.get(url);
    responses.delete(url);
    return response ?? fetchAnew.call(self, resource, options);
  };
}
