/**
 * Import of run files: Python decides which are valid, and each replaces nothing.
 *
 * Nothing is executed. A refused file is reported, and the others are imported. A large file of another kind is not read.
 */

import { BEGINNING, endOfHeader, KIND, MAX_BYTES, readLabel } from "../files/run_file.js";
import { count } from "../ui/number.js";
import { shownName } from "./text.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Store } from "../page/store.js" */
/** @import { Outcome, Outside, Tell } from "./actions.js" */

/** Python's errors about the file; any other is a fault of this page. */
const ABOUT_THE_FILE = new Set(["ValueError", "MemoryError"]);
const NO_RUN = `This safetensors file holds no run: its metadata has no kind "${KIND}"`;
const UNREADABLE = "It could not be read: it may have been moved or changed, or be a folder";
const NOT_YET = "Python is still starting: try again when it is ready.";

/**
 * @param {Store} store
 * @param {Outside} outside
 * @param {Tell} tell
 */
export function createImporting(store, { perform, attempt }, tell) {
  /** Imports run one at a time, across drops. @type {Promise<unknown>} */
  let queue = Promise.resolve();

  /** @param {File} file @returns {Promise<Outcome>} */
  async function take(file) {
    const refused = (/** @type {string} */ why) => ({ kind: /** @type {const} */ ("refused"), file: file.name, why });
    if (store.get().page.boot !== "ready") return refused(NOT_YET);
    const loaded = await load(file, (bytes) => tell({ reading: { file: file.name, loaded: bytes, total: file.size } }));
    if (typeof loaded === "string") return refused(loaded);
    const name = shownName(readLabel(loaded)?.name ?? "");
    try {
      const made = /** @type {RunSummary} */ ((await perform("import_run", { bytes: loaded })).at(-1));
      return { kind: "imported", name: name || made.name, as: made.name, id: made.id };
    } catch (error) {
      const { name: kind, message } = /** @type {Error} */ (error);
      if (ABOUT_THE_FILE.has(kind)) return refused(message);
      throw error;
    }
  }

  /** @param {File[]} files */
  async function takeAll(files) {
    tell({ outcomes: [] });
    try {
      for (const file of files) {
        const outcome = await take(file);
        tell({ outcomes: [...store.get().share.sharing.outcomes, outcome] });
      }
    } finally {
      tell({ reading: null });
    }
  }

  return {
    /** @param {Iterable<File>} files */
    importFiles(files) {
      const chosen = [...files];
      const done = queue.then(() => attempt("The file could not be imported", () => takeAll(chosen)));
      queue = done;
      return done;
    },
    /** @param {boolean} dragging */
    dragFiles(dragging) {
      if (store.get().share.sharing.dragging !== dragging) tell({ dragging });
    },
  };
}

/**
 * Read a file for Python, or return the reason for refusing it. Its size, its first bytes and its kind are looked at first.
 * @param {File} file @param {(loaded: number) => void} progress
 * @returns {Promise<Uint8Array | string>} of a file that is no safetensors file only the beginning: Python says what it is
 */
async function load(file, progress) {
  if (file.size > MAX_BYTES) return `It has ${count(file.size)} bytes; a run file has at most ${count(MAX_BYTES)}`;
  const beginning = await readUpTo(file, BEGINNING);
  const end = beginning ? endOfHeader(beginning, file.size) : 0;
  if (!end) return beginning ?? UNREADABLE;
  const header = await readUpTo(file, end);
  if (header && (readLabel(header, file.size)?.kind ?? KIND) !== KIND) return NO_RUN;
  return (header && (await read(file, progress))) ?? UNREADABLE;
}

/** @param {File} file @param {number} end @returns {Promise<Uint8Array | null>} null if it cannot be read */
const readUpTo = async (file, end) =>
  file
    .slice(0, end)
    .arrayBuffer()
    .then((buffer) => new Uint8Array(buffer), unlessUnreadable);

/**
 * @param {File} file @param {(loaded: number) => void} progress
 * @returns {Promise<Uint8Array | null>} null if it cannot be read
 */
async function read(file, progress) {
  const bytes = new Uint8Array(file.size);
  let loaded = 0;
  progress(loaded);
  try {
    for await (const part of chunks(file)) {
      if (loaded + part.length > bytes.length) return null; // it has grown meanwhile
      bytes.set(part, loaded);
      loaded += part.length;
      progress(loaded);
    }
  } catch (error) {
    return unlessUnreadable(error);
  }
  return loaded === bytes.length ? bytes : null;
}

/** @param {unknown} error  of reading a file @returns {null} */
function unlessUnreadable(error) {
  if (error instanceof DOMException) return null;
  throw error;
}

/** Not every browser can walk through a stream with `for await`. @param {File} file */
async function* chunks(file) {
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}
