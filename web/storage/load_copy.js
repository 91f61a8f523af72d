/** Runs of the second copy alone, where the database cannot be opened. */

import { restore } from "./choose_copy.js";
import { describeError } from "./errors.js";
import { openCopy } from "./opfs_copy.js";

/** @import { SavedRun } from "./choose_copy.js" */
/** @import { SecondCopy } from "./opfs_copy.js" */

export const RETRY_DEADLINES = 6; // deadlines of the second request
const ASKED_AGAIN = "The second copy of the runs has not answered yet: it is asked again.";
const SILENT = "The second copy of the runs did not answer: reload the page to ask again.";

/**
 * @param {object} options
 * @param {string} options.name
 * @param {number} options.deadline
 * @param {(problem: string | null) => void} options.oncopy  why it gives nothing, or null when it has given what it has
 * @param {(runs: SavedRun[]) => void} options.onlate  it did not answer before the deadline, and has now
 * @returns {Promise<SavedRun[]>} empty where there is none, or not yet
 */
export async function loadSecondCopy({ name, deadline, oncopy, onlate }) {
  const copy = openCopy({ name, deadline });
  try {
    const runs = await runsOf(copy, deadline);
    copy.close();
    return runs;
  } catch (error) {
    oncopy(isTimeout(error) ? ASKED_AGAIN : describeError(error));
    if (isTimeout(error)) askAgain();
    else copy.close();
    return [];
  }

  async function askAgain() {
    try {
      onlate(await runsOf(copy, RETRY_DEADLINES * deadline));
      oncopy(null);
    } catch (error) {
      oncopy(isTimeout(error) ? SILENT : describeError(error));
    } finally {
      copy.close();
    }
  }
}

/** @param {SecondCopy} copy @param {number} patience @returns {Promise<SavedRun[]>} */
async function runsOf(copy, patience) {
  const stored = await copy.list(patience);
  const restored = await Promise.all(
    stored.map(({ id, ...own }, i) => restore(id ?? `second-copy-${i + 1}`, { copy: own })),
  );
  return restored.map(({ run }) => run);
}

/** @param {any} error */
const isTimeout = (error) => error?.name === "TimeoutError";
