/** What goes wrong with storage, in sentences. */

const SENTENCES = /** @type {Record<string, string>} */ ({
  QuotaExceededError: "The browser's storage is full.",
  VersionError: "A newer version of this page has written the saved runs. Reload the page to get that version.",
  TimeoutError: "The browser's storage does not answer.",
  SecurityError: "The browser does not let this page store anything.",
  StaleError: "Another tab has taken over this run.",
  NotSupportedError: "This browser has no storage of the kind that is needed.",
});

/**
 * @param {any} error
 * @returns {string} one sentence
 */
export const inWords = (error) =>
  SENTENCES[error?.name] ?? `The browser's storage failed: ${error?.message || error?.name || String(error)}.`;

/** A save, or another wish to storage, that could not be met. `name` is that of the cause, `message` a sentence. */
export class StorageError extends Error {
  /** @param {any} cause */
  constructor(cause) {
    super(inWords(cause), { cause });
    this.name = cause?.name ?? "Error";
  }
}
