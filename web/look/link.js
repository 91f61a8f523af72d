/**
 * The cell that is looked at in the URL fragment: `#look=layers/1/weights,8,16`.
 *
 * Row and column are counted from 0.
 */

import { decoded, fieldsOf } from "../config/link_fields.js";
import { quote } from "../files/strict_json.js";

/** @import { Place } from "../explain/link.js" */

const FIELD = "look=";
const MAX_LENGTH = 200;

/**
 * @param {string} fragment  untrusted, with or without the "#"
 * @returns {{place: Place | null, notice: string}} the named cell, and a notice if the field is malformed
 */
export function readLook(fragment) {
  const given = fieldsOf(fragment).find((part) => part.startsWith(FIELD));
  if (given === undefined) return { place: null, notice: "" };
  const encoded = given.slice(FIELD.length, MAX_LENGTH);
  const text = decoded(encoded) ?? encoded;
  const [, tensor, row = "0", col = "0"] = /^([a-z0-9_/]{1,60})(?:,(\d{1,7}),(\d{1,7}))?$/.exec(text) ?? [];
  if (tensor !== undefined) return { place: { tensor, row: Number(row), col: Number(col) }, notice: "" };
  return {
    place: null,
    notice: `In the link, "look" must be a tensor, a row and a column, such as layers/1/weights,8,16, got ${quote(text)}.`,
  };
}

/** @param {string} fragment as it is @param {Place | null} place @returns {string} the new fragment, without the "#" */
export function writeLook(fragment, place) {
  const others = fieldsOf(fragment).filter((part) => !part.startsWith(FIELD));
  if (place) others.push(`${FIELD}${place.tensor},${place.row},${place.col}`);
  return others.join("&");
}
