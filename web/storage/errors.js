/** Errors of the storage, in sentences. */

const SENTENCES = /** @type {Record<string, string>} */ ({
  QuotaExceededError: "The browser's storage is full.",
  VersionError: "A newer version of this page has written the saved runs. Reload the page to get that version.",
  TimeoutError: "The browser's storage does not answer.",
  SecurityError: "The browser does not let this page store anything.",
  StaleError: "Another tab has taken over this run.",
  NotSupportedError: "This browser lacks the storage that this page needs.",
});

/**
 * @param {any} error
 * @returns {string} one sentence
 */
export const describeError = (error) =>
  SENTENCES[error?.name] ?? `The browser's storage failed: ${error?.message || error?.name || String(error)}.`;

/** A failed save or other request to the storage. `name` is that of the cause, `message` a sentence. */
export class StorageError extends Error {
  /** @param {any} cause */
  constructor(cause) {
    super(describeError(cause), { cause });
    this.name = cause?.name ?? "Error";
  }
}
