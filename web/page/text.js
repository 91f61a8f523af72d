/** Sentences about the start of the page. */

import { megabytes } from "../ui/format.js";

/**
 * Return the state of a download that was cut off: bytes that have arrived, files that Retry fetches; "" if there was none.
 * @param {{loaded: number, total: number, pending?: string[]}} progress
 */
export function missingFiles({ loaded, total, pending = [] }) {
  if (total === 0 || pending.length === 0) return "";
  const arrived = `${megabytes(loaded)} of ${megabytes(total)} MB have arrived.`;
  return `${arrived} Retry fetches only what is missing: ${pending.join(", ")}.`;
}
