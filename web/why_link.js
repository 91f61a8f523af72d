/**
 * The explained cell in the URL's fragment: `#why=layers/1/grad_weights,3,7`. Whatever else stands there is left as it is.
 */

import { fieldsOf } from "./fragment.js";
import { quote } from "./strict_json.js";

/** A cell by its place. @typedef {{tensor: string, row: number, col: number}} Place */

const FIELD = "why=";
const LONGEST = 200;

/**
 * @param {string} fragment  untrusted, with or without the "#"
 * @returns {{place: Place | null, notice: string}} the cell that is named, and a sentence if what is there names none
 */
export function readWhy(fragment) {
  const given = fieldsOf(fragment).find((part) => part.startsWith(FIELD));
  if (given === undefined) return { place: null, notice: "" };
  const text = decoded(given.slice(FIELD.length));
  const [, tensor, row, col] = /^([a-z0-9_/]{1,60}),(\d{1,7}),(\d{1,7})$/.exec(text) ?? [];
  if (tensor !== undefined) return { place: { tensor, row: Number(row), col: Number(col) }, notice: "" };
  return {
    place: null,
    notice: `In the link, "why" must be a tensor, a row and a column, such as layers/1/grad_weights,3,7, got ${quote(text)}.`,
  };
}

/** @param {string} fragment as it is @param {Place | null} place @returns {string} as it shall be, without the "#" */
export function writeWhy(fragment, place) {
  const others = fieldsOf(fragment).filter((part) => !part.startsWith(FIELD));
  if (place) others.push(`${FIELD}${place.tensor},${place.row},${place.col}`);
  return others.join("&");
}

/** @param {unknown} state  of an entry of the browser's history, from whatever version of this page @returns {Place[]} the way that it keeps */
export function trailOf(state) {
  const kept = Object(state).why;
  const found = Array.isArray(kept) ? kept.map((place) => readWhy(writeWhy("", Object(place))).place) : [];
  return found.every((place) => place !== null) ? found : [];
}

/** The name for giving the keyboard to a cell in an explanation. @param {Place} place */
export const operandTarget = ({ tensor, row, col }) => `why:${tensor},${row},${col}`;
/** The same for a heatmap. @param {string} tensor */
export const matrixTarget = (tensor) => `matrix:${tensor}`;

/** Some programs write "/" and "," as %2F and %2C. @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text.slice(0, LONGEST));
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
