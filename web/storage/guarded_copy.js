/** The second copy of the runs, as far as it works: failures are reported, and end it after several. */

import { describeError } from "./errors.js";
import { assemble, endOf, sealChunk, unsealChunk } from "./history_chunks.js";
import { openCopy } from "./opfs_copy.js";

/** @import { Chunk } from "./history_chunks.js" */
/** @import { StoredCopy } from "./opfs_copy.js" */

const MAX_FAILURES = 3;
const DID_NOT_ANSWER = describeError({ name: "TimeoutError" });

/**
 * A save that is in the database.
 * @typedef {object} Written
 * @property {string} id
 * @property {number} fence
 * @property {number} sequence
 * @property {Uint8Array<ArrayBuffer>} checkpoint  sealed
 * @property {Chunk[]} chunks      new rows
 * @property {number} generation   of all rows …
 * @property {number} rows         … and how many they are
 */

export class GuardedCopy {
  #copy;
  #report;
  #failures = 0;
  /** @type {string | null} */
  #problem = null;

  /**
   * @param {object} options
   * @param {string} options.name
   * @param {number} options.deadline
   * @param {(problem: string | null) => void} options.oncopy  the second copy has failed, or works again (null)
   */
  constructor({ name, deadline, oncopy }) {
    this.#copy = openCopy({ name, deadline });
    this.#report = oncopy;
  }

  /** Whether the last request had no answer in time. */
  get isSilent() {
    return this.#problem === DID_NOT_ANSWER;
  }

  /** Everything that is there; nothing where it fails. @param {number} [patience]  milliseconds @returns {Promise<StoredCopy[]>} */
  async list(patience) {
    try {
      return await this.#copy.list(patience);
    } catch (error) {
      this.#tell(describeError(error));
      return [];
    }
  }

  /**
   * Copy a save. Never rejects.
   * @param {Written} save
   * @param {() => Promise<unknown[]>} readChunks  the whole history in the database, if the copy must be rewritten
   */
  async write({ checkpoint, chunks, generation, rows, ...save }, readChunks) {
    if (this.#failures >= MAX_FAILURES) return;
    const { id, sequence } = save;
    try {
      const sealed = chunks.map((chunk) => sealChunk(id, sequence, chunk));
      const extent = { generation, start: chunks[0]?.start ?? rows, end: rows };
      const { whole } = await this.#copy.write({ ...save, checkpoint, chunks: sealed, rows: extent });
      if (!whole) {
        const all = assemble((await readChunks()).map((bytes) => unsealChunk(bytes, id)));
        const chunk = { generation: all.generation, start: 0, values: all.values };
        const again = { generation, start: 0, end: endOf(chunk) };
        await this.#copy.write({ ...save, checkpoint: null, chunks: [sealChunk(id, sequence, chunk)], rows: again });
      }
      this.#tell(null);
    } catch (error) {
      this.#tell(describeError(error));
    }
  }

  /** @param {string} id */
  async remove(id) {
    await this.#copy.remove(id).catch((error) => this.#tell(describeError(error)));
  }

  close() {
    this.#copy.close();
  }

  /** @param {string | null} problem */
  #tell(problem) {
    this.#failures = problem === null ? 0 : this.#failures + 1;
    if (this.#problem !== problem) this.#report(problem);
    this.#problem = problem;
  }
}
