/** Download of bytes as a file. */

/** Time until every browser has started reading after the click. Milliseconds. */
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
