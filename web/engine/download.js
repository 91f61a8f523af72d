/**
 * Download of all files that Python needs, at once, with progress and a check of each file.
 *
 * `manifest.json` (made by build.py) lists the files with their sizes and SHA-256. A file that fails the check is requested
 * again, past the browser's cache. Each response is kept until Pyodide asks for that file through `fetch`.
 */

import { unpacked } from "./pack.js";
import {
  answerFault,
  connectionFault,
  hashFault,
  lengthFault,
  nameOf,
  pageFault,
  StartFault,
  wasmFault,
} from "./start_faults.js";

/** @import { Files } from "./pack.js" */

/**
 * @typedef {object} Entry
 * @property {string} file
 * @property {number} bytes
 * @property {string} sha256  in hexadecimal
 */

/**
 * @typedef {object} Manifest
 * @property {string} build    the build that it belongs to
 * @property {Entry[]} files   what every start fetches
 * @property {string} pack     the file among them that holds all modules of a start
 * @property {object} lock     a lock file of Pyodide without packages
 * @property {string} loops    the one that holds SIMD loops for NumPy
 */

/**
 * A file on its way.
 * @typedef {object} Arriving
 * @property {string} url
 * @property {Promise<Response>} first       the first answer, as soon as it begins
 * @property {Promise<{bytes: Uint8Array<ArrayBuffer>, isFirst: boolean}>} checked  all of it; whether of the first answer
 */

/**
 * @typedef {object} Progress
 * @property {number} loaded     bytes, after unpacking by the browser
 * @property {number} total
 * @property {string[]} pending  the files that are not complete yet
 * @property {string} build      the build that the manifest belongs to
 */

/**
 * @typedef {object} Download
 * @property {Manifest} manifest
 * @property {Promise<unknown>} modules   settled when the modules are imported
 * @property {Promise<Files>} packed      the files of the pack
 * @property {Promise<unknown>} arrived   when everything is here and checked
 * @property {Promise<unknown>} compiled  when Pyodide has started WebAssembly
 */

/**
 * @param {string} base  where the files lie, with a slash at the end
 * @param {(progress: Progress) => void} progress
 * @returns {Promise<Download>} once all files are requested
 */
export async function download(base, progress) {
  progress({ loaded: 0, total: 0, pending: ["manifest.json"], build: "" });
  let manifest = await getManifest(base, "default");
  let arriving = requestAll(base, manifest, progress);
  if (await isAnyMissing(arriving)) {
    // A manifest in the browser's cache can be older than the files on the server.
    const fresh = await getManifest(base, "reload");
    if (JSON.stringify(fresh) !== JSON.stringify(manifest)) arriving = requestAll(base, fresh, progress);
    manifest = fresh;
  }
  const modules = arriving.filter(({ url }) => url.endsWith(".mjs"));
  answerFetchFrom(arriving);
  const packed = packOf(arriving, base + manifest.pack);
  packed.catch(() => {}); // `arrived` says it
  return {
    manifest,
    compiled: Promise.all(arriving.filter(isWasm).map(compileOnceChecked)),
    // Imported here, so that Pyodide finds them loaded. By then they are in the browser's cache.
    packed,
    modules: Promise.all(modules.map(({ url, checked }) => checked.then(() => import(url)))),
    arrived: Promise.all(arriving.map(({ checked }) => checked)),
  };
}

/** @param {Arriving[]} arriving @param {string} url @returns {Promise<Files>} */
async function packOf(arriving, url) {
  const pack = arriving.find((file) => file.url === url);
  if (!pack) throw new StartFault("manifest.json names no pack. Press Retry.");
  return unpacked((await pack.checked).bytes);
}

/** @param {string} base @param {RequestCache} cache @returns {Promise<Manifest>} */
async function getManifest(base, cache) {
  const url = `${base}manifest.json`;
  const text = await (await get(url, cache)).text().catch((error) => {
    throw connectionFault(url, error);
  });
  try {
    return JSON.parse(text);
  } catch {
    if (text.trimStart().startsWith("<")) throw pageFault("manifest.json");
    throw new StartFault("manifest.json is damaged: it is not JSON. Press Retry, or try another network.");
  }
}

/**
 * @param {string} base
 * @param {Manifest} manifest
 * @param {(progress: Progress) => void} progress
 */
function requestAll(base, { files, build }, progress) {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const loaded = new Map(files.map(({ file }) => [file, 0]));
  return files.map((entry) =>
    request(base, entry, (bytes) => {
      loaded.set(entry.file, bytes);
      const sum = [...loaded.values()].reduce((all, one) => all + one, 0);
      const pending = files.filter(({ file, bytes }) => (loaded.get(file) ?? 0) < bytes).map(({ file }) => file);
      progress({ loaded: sum, total, pending, build });
    }),
  );
}

/** Whether a file is Pyodide's own WebAssembly. */
const isWasm = (/** @type {{url: string}} */ { url }) => url.endsWith("/pyodide.asm.wasm");

/**
 * @param {string} base
 * @param {Entry} entry
 * @param {(loaded: number) => void} count
 * @returns {Arriving}
 */
function request(base, entry, count) {
  const url = base + entry.file;
  const answer = get(url, "default");
  const whole = answer.then((response) => readChecked(isWasm({ url }) ? response.clone() : response, entry, count));
  const checked = whole.then(
    (bytes) => ({ bytes, isFirst: true }),
    async () => ({ bytes: await readChecked(await get(url, "reload"), entry, count), isFirst: false }),
  );
  checked.catch(() => {}); // the consumer of the file handles it
  return { url, first: answer, checked };
}

/** @param {Arriving[]} arriving */
async function isAnyMissing(arriving) {
  const answers = await Promise.allSettled(arriving.map(({ first }) => first));
  return answers.some((answer) => answer.status === "rejected" && [404, 410].includes(answer.reason.status));
}

/** The browser's own fetch: the one below answers Pyodide from running downloads, and a second request must not wait for itself. */
const browserFetch = self.fetch.bind(self);

/** @param {string} url @param {RequestCache} cache */
async function get(url, cache) {
  const answer = await browserFetch(url, { cache }).catch((error) => {
    throw connectionFault(url, error);
  });
  const fault = answerFault(answer);
  if (!fault) return answer;
  answer.body?.cancel(); // so that it holds up neither the connection nor the next request of this file
  throw fault;
}

/**
 * @param {Response} response
 * @param {Entry} entry
 * @param {(loaded: number) => void} count
 */
async function readChecked(response, { file, bytes: expected, sha256 }, count) {
  const bytes = new Uint8Array(expected);
  let length = 0;
  let isPage = false;
  try {
    for await (const part of chunks(response)) {
      if (length === 0) isPage = part[0] === "<".charCodeAt(0);
      if (length + part.length <= expected) bytes.set(part, length);
      length += part.length;
      count(Math.min(length, expected));
    }
  } catch (error) {
    throw connectionFault(response.url, error);
  }
  if (isPage) throw pageFault(file);
  if (length !== expected) throw lengthFault(file, length, expected);
  // Browsers compute hashes on pages from https and localhost only.
  if (crypto.subtle && hex(await crypto.subtle.digest("SHA-256", bytes)) !== sha256) throw hashFault(file);
  return bytes;
}

/** @param {Response} response @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>} */
async function* chunks({ body }) {
  if (!body) return;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

/** @param {ArrayBuffer} bytes */
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {Arriving[]} arriving */
function answerFetchFrom(arriving) {
  const files = new Map(arriving.map((file) => [file.url, file]));
  self.fetch = async (resource, options) => {
    const file = files.get(String(resource));
    if (!file) return browserFetch(resource, options);
    const whole = () => file.checked.then(({ bytes }) => new Response(bytes));
    return isWasm(file) ? file.first.catch(whole) : whole();
  };
}

/**
 * Let WebAssembly compile while its file streams (browsers then keep the code), but start it only after the check. A file
 * that comes with another type than application/wasm is compiled from its bytes. Pyodide asks for it later, and only logs
 * what fails here.
 * @param {Arriving} file
 * @returns {Promise<unknown>}
 */
function compileOnceChecked({ url, first, checked }) {
  const streamed = WebAssembly.compileStreaming(first).catch(() => null);
  return new Promise((resolve, reject) => {
    WebAssembly.instantiateStreaming = async (_, imports) => {
      try {
        const { bytes, isFirst } = await checked;
        const module = (isFirst && (await streamed)) || (await WebAssembly.compile(bytes));
        const instance = await WebAssembly.instantiate(module, imports);
        resolve(undefined);
        return { module, instance };
      } catch (error) {
        reject(wasmFault(nameOf(url), error));
        throw error;
      }
    };
  });
}
