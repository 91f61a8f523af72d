/** Gives bytes to the reader as a file. */

/** Not every browser has begun to read when the click has been answered; by then each has. Milliseconds. */
const READ_BY_THEN = 60_000;

/** @param {string} name @param {Uint8Array} bytes */
export function saveAs(name, bytes) {
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]));
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), READ_BY_THEN);
}
