/** Values of the fields of a link: how each type is read and written. */

import { decoded } from "./link_fields.js";

/** A value that cannot be read. */
export class Misread extends Error {
  /** Consequence, for the notice. */
  left = "it is ignored";
  /** The faulty part of the value, all of it if null. @type {string | null} */
  got = null;
}

/** @typedef {{read: (text: string) => any, write: (value: any) => string}} Kind */

/** @type {Kind} */
export const NUMBER = { read: readNumber, write: (number) => String(number).replace("e+", "e") };
/** @type {Kind} */
export const WORD = {
  read(text) {
    if (/^[a-z][a-z0-9_]{0,39}$/.test(text)) return text;
    throw new Misread("must be one word");
  },
  write: String,
};
/** @type {Kind} */
export const FLAG = {
  read(text) {
    if (text === "yes" || text === "no") return text === "yes";
    throw new Misread("must be yes or no");
  },
  write: (flag) => (flag ? "yes" : "no"),
};
/** @type {Kind} */
export const OPTIONAL = {
  read: (text) => (text === "none" ? null : readNumber(text)),
  write: (number) => (number === null ? "none" : NUMBER.write(number)),
};
/** @type {Kind} */
export const TOKENS = {
  // Without a comma, the commas between the tokens are escaped too.
  read: (text) =>
    (text.includes(",") ? text.split(",").map(decodedToken) : decodedToken(text).split(",")).map(readToken),
  write: (tokens) => tokens.map(encodeURIComponent).join(","),
};
/** @type {Kind} */
export const WIDTHS = {
  read: (text) => (text === "none" ? [] : text.split(",").map(readNumber)),
  write: (widths) => widths.join(",") || "none",
};
/** @type {Kind} */
export const LENGTHS = {
  read(text) {
    const [, shortest, longest] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
    if (shortest === undefined) throw new Misread("must be one length or a range");
    return longest === undefined ? Number(shortest) : [Number(shortest), Number(longest)];
  },
  write: (length) => (Array.isArray(length) ? length.join("-") : String(length)),
};

/** @param {string} text */
export function readNumber(text) {
  const number = /^-?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})(e[+-]?\d{1,4})?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new Misread("must be a number");
}

/** Return the text decoded, or unchanged if its escapes are malformed. @param {string} text */
export const decodedText = (text) => decoded(text) ?? text;

/** Return the token decoded, or "" where its escapes are malformed. @param {string} token */
const decodedToken = (token) => decoded(token) ?? "";

/** @param {string} token */
function readToken(token) {
  if (token !== "" && !/\p{Surrogate}/u.test(token)) return token;
  throw new Misread("must be tokens separated by commas");
}
