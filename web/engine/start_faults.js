/** Faults of the site's files: a sentence each, with the likely cause and the remedy. */

export const UPDATED = "The page has been updated. Reload to get the new version.";

/** A failed start; the message is for the visitor. */
export class StartFault extends Error {
  /** @param {string} message @param {number} [status] of the HTTP answer */
  constructor(message, status = 200) {
    super(message);
    this.name = "StartFault";
    this.status = status;
  }
}

/** @param {string} url */
export const nameOf = (url) => url.slice(url.lastIndexOf("/") + 1);

/** @param {string} url @param {unknown} error */
export function connectionFault(url, error) {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartFault(
    `${nameOf(url)} could not be downloaded (${reason}). The connection failed, or a content blocker refused the file. ` +
      "Check both, then press Retry.",
  );
}

/**
 * Return the fault of an answer with a wrong status or type, or null.
 * @param {Response} answer
 */
export function answerFault({ url, ok, status, headers }) {
  const file = nameOf(url);
  if (status === 204 || status === 205)
    return new StartFault(
      `${file} arrived empty: the server answered ${status}. A download manager may have taken the file. ` +
        "Turn it off for this site, then press Retry.",
      status,
    );
  if (!ok)
    return new StartFault(
      `${file} could not be downloaded: the server answered ${status}. Wait a minute, then press Retry.`,
      status,
    );
  return headers.get("Content-Type")?.startsWith("text/html") ? pageFault(file) : null;
}

/** @param {string} file */
export const pageFault = (file) =>
  new StartFault(
    `A web page arrived instead of ${file}. This network may want you to sign in: open any other site to do so, then press Retry.`,
  );

/**
 * @param {string} file
 * @param {number} bytes that came
 * @param {number} expected
 */
export const lengthFault = (file, bytes, expected) =>
  new StartFault(
    `${file} is incomplete: ${bytes.toLocaleString("en")} of ${expected.toLocaleString("en")} bytes arrived. The connection was cut, or a proxy or ` +
      "virus scanner changed the file. Press Retry, or try another network.",
  );

/** @param {string} file */
export const hashFault = (file) =>
  new StartFault(
    `${file} is damaged: its SHA-256 is not the one that this version of the page was built with. A proxy or virus ` +
      "scanner may have changed it. Press Retry, or try another network.",
  );

/** Check that this browser compiles WebAssembly at all: without it, Pyodide waits forever. */
export function checkWebAssembly() {
  if (typeof WebAssembly === "undefined")
    throw new StartFault(
      "WebAssembly is turned off in this browser, and Python needs it. A strict security or lockdown mode turns it off: " +
        "make an exception for this site, or use another browser. Then press Retry.",
    );
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // the smallest module there is
  } catch (error) {
    throw wasmFault("WebAssembly", error);
  }
}

/** @param {string} file @param {unknown} error */
export const wasmFault = (file, error) =>
  error instanceof StartFault
    ? error
    : new StartFault(
        `This browser did not start ${file} (${error instanceof Error ? error.message : error}). A policy or extension may ` +
          "block it, or the browser may be too old or short of memory. Update it or use another one, then press Retry.",
      );
