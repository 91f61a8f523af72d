/**
 * The explained cell in the URL fragment: `#why=layers/1/grad_weights,3,7`.
 *
 * The rest of the fragment is kept.
 */

import { decoded, fieldsOf } from "../config/link_fields.js";
import { quote } from "../files/strict_json.js";

/** A cell by its place. @typedef {{tensor: string, row: number, col: number}} Place */

const FIELD = "why=";
const MAX_LENGTH = 200;

/**
 * @param {string} fragment  untrusted, with or without the "#"
 * @returns {{place: Place | null, notice: string}} the named cell, and a notice if the field is malformed
 */
export function readWhy(fragment) {
  const given = fieldsOf(fragment).find((part) => part.startsWith(FIELD));
  if (given === undefined) return { place: null, notice: "" };
  const encoded = given.slice(FIELD.length, MAX_LENGTH);
  const text = decoded(encoded) ?? encoded; // some programs write "/" and "," as %2F and %2C
  const [, tensor, row, col] = /^([a-z0-9_/]{1,60}),(\d{1,7}),(\d{1,7})$/.exec(text) ?? [];
  if (tensor !== undefined) return { place: { tensor, row: Number(row), col: Number(col) }, notice: "" };
  return {
    place: null,
    notice: `In the link, "why" must be a tensor, a row and a column, such as layers/1/grad_weights,3,7, got ${quote(text)}.`,
  };
}

/** @param {string} fragment as it is @param {Place | null} place @returns {string} the new fragment, without the "#" */
export function writeWhy(fragment, place) {
  const others = fieldsOf(fragment).filter((part) => !part.startsWith(FIELD));
  if (place) others.push(`${FIELD}${place.tensor},${place.row},${place.col}`);
  return others.join("&");
}

/** @param {unknown} state  of an entry of the browser's history, from whatever version of this page @returns {Place[]} the trail it holds */
export function trailOf(state) {
  const kept = Object(state).why;
  const found = Array.isArray(kept) ? kept.map((place) => readWhy(writeWhy("", Object(place))).place) : [];
  return found.every((place) => place !== null) ? found : [];
}

/** Focus target of a cell in an explanation. @param {Place} place */
export const operandTarget = ({ tensor, row, col }) => `why:${tensor},${row},${col}`;
/** Focus target of a heatmap. @param {string} tensor */
export const matrixTarget = (tensor) => `matrix:${tensor}`;
