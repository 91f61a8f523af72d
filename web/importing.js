/**
 * Files from outside become runs. Each is checked here before Python sees a byte, replaces nothing, and runs nothing; what is
 * wrong with one is said, and the others are taken all the same.
 */

import { readFile } from "./runfile.js";
import { inDigits, MOST_BYTES } from "./safetensors.js";

/** @typedef {import("./sharing.js").Outcome} Outcome */

/** Python's errors that are about the file; any other is a fault of this page. */
const ABOUT_THE_FILE = new Set(["ValueError", "MemoryError"]);
const NOT_YET = "Python has not started yet: try again when it has.";

/**
 * @param {import("./store.js").Store} store
 * @param {import("./sharing.js").Outside} outside
 * @param {import("./sharing.js").Tell} tell
 */
export function createImporting(store, { perform, attempt }, tell) {
  /** Files are taken in one after the other, those of a second drop too. @type {Promise<unknown>} */
  let queue = Promise.resolve();

  /** @param {File} file @returns {Promise<Outcome>} */
  async function take(file) {
    const refused = (/** @type {string} */ why) => ({ kind: /** @type {const} */ ("refused"), file: file.name, why });
    if (store.get().boot !== "ready") return refused(NOT_YET);
    if (file.size > MOST_BYTES)
      return refused(
        `It has ${inDigits(file.size)} bytes, and ${inDigits(MOST_BYTES)} are the most a run file can have`,
      );
    const bytes = await read(file, (loaded) => tell({ reading: { file: file.name, loaded, total: file.size } }));
    if (!bytes) return refused("It could not be read: it may have been moved or changed, or be a folder");
    const header = await readFile(bytes);
    if (!header.ok) return refused(header.message);
    try {
      const made = /** @type {import("./api.d.ts").RunSummary} */ ((await perform("import_run", { bytes })).at(-1));
      return { kind: "imported", name: header.summary.name, as: made.name, id: made.id };
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      if (ABOUT_THE_FILE.has(name)) return refused(message);
      throw error;
    }
  }

  /** @param {File[]} files */
  async function takeAll(files) {
    tell({ outcomes: [] });
    try {
      for (const file of files) {
        const outcome = await take(file);
        tell({ outcomes: [...store.get().sharing.outcomes, outcome] });
      }
    } finally {
      tell({ reading: null });
    }
  }

  return {
    /** @param {Iterable<File>} files */
    import_files(files) {
      const chosen = [...files];
      const done = queue.then(() => attempt("The file could not be imported", () => takeAll(chosen)));
      queue = done;
      return done;
    },
    /** @param {boolean} dragging */
    drag_files(dragging) {
      if (store.get().sharing.dragging !== dragging) tell({ dragging });
    },
  };
}

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
    if (error instanceof DOMException) return null;
    throw error;
  }
  return loaded === bytes.length ? bytes : null;
}

/** Not every browser can walk through a stream with `for await`. @param {File} file */
async function* chunks(file) {
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}
