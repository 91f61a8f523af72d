/** State of a saved run between its saves. */

/** @import { Chunk } from "../storage/index.js" */

/**
 * @typedef {object} SaveEntry
 * @property {string} fingerprint    of the last saved summary; "" to save again
 * @property {boolean | null} active  whether it was the active one then; null if that is not known
 * @property {number} looked         when it was the active one last, ms since 1970
 * @property {Uint8Array | null} checkpoint
 * @property {Chunk[]} unsaved       rows that are not known to be in the storage
 * @property {number} generation     of the rows that have been given away …
 * @property {number} rows           … and how many they are
 * @property {Promise<void>} saving  the save in progress, or the last one
 */

/** Fields of an entry after which it is saved again, and then with its whole history. */
export const SAVE_AGAIN = { fingerprint: "" };
export const SAVE_WHOLE = { ...SAVE_AGAIN, generation: 0, rows: 0 };

/** @returns {SaveEntry} */
export const newEntry = () => ({
  fingerprint: "",
  active: false,
  looked: 0,
  checkpoint: null,
  unsaved: [],
  generation: 0,
  rows: 0,
  saving: Promise.resolve(),
});
