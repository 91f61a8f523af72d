/** Gives bytes to the reader as a file. */

/** @param {string} name @param {Uint8Array} bytes */
export function saveAs(name, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
