/**
 * Strict reading of untrusted JSON: the headers of stored bytes.
 *
 * The rules are those of py/backprop/files/strict_json.py: limited depth, plain keys and none twice, finite numbers, whole Unicode.
 * JSON.parse does the reading; the stricter rules are checked separately.
 */

/** The reason for refusing a file or text; the message is shown to the visitor. */
export class Refused extends Error {
  /** @override */
  name = "Refused";
}

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;

/**
 * @param {string} name   subject of the refusal
 * @param {string} text   untrusted
 * @param {number} depth  maximum nesting of lists and objects
 * @returns {any} `__proto__` is a key like any other: look up fixed names only, or use Object.entries
 * @throws {Refused}
 */
export function parse(name, text, depth) {
  const { deepest, colons } = survey(text);
  if (deepest > depth) throw new Refused(`${name} must not be nested deeper than ${depth} levels`);
  const value = read(name, text);
  if (check(name, value) !== colons) throw new Refused(`${name} must not have a key twice`);
  return value;
}

/** @param {string} name @param {unknown} value @returns {any} */
export function asObject(name, value) {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Refused(`${name} must be an object`);
}

/** @param {string} name @param {string} text */
function read(name, text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Refused(`${name} must be JSON`, { cause });
  }
}

/** Measure depth and number of keys (colons outside strings), duplicates included. @param {string} text */
function survey(text) {
  let deepest = 0;
  let level = 0;
  let colons = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COLON) colons++;
    else if (isOpening(code)) deepest = Math.max(deepest, ++level);
    else if (isOpening(code - 2)) level--; // "]" is 2 after "[", and "}" after "{"
  }
  return { deepest, colons };
}

/** @param {number} code */
const isOpening = (code) => code === 91 || code === 123;

/** @param {string} text @param {number} start  of the opening quotation mark */
function endOfString(text, start) {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/**
 * Check all numbers and texts of a value.
 * @param {string} name @param {unknown} value @returns {number} number of keys
 */
function check(name, value) {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new Refused(`${name} must not have numbers beyond the range of float64`);
  if (typeof value === "string" && /\p{Surrogate}/u.test(value))
    throw new Refused(`${name} must be Unicode text, got half a surrogate pair`);
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((keys, item) => keys + check(name, item), 0);
  return Object.entries(value).reduce((keys, [key, item]) => {
    if (!/^[A-Za-z0-9_/]{1,80}$/.test(key))
      throw new Refused(`${name} must have plain names as keys, got ${quote(key)}`);
    return keys + 1 + check(name, item);
  }, 0);
}

/** Quote untrusted text: shortened, with invisible and direction-changing characters escaped. @param {string} text */
export const quote = (text) =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text).replace(
    /[\p{Cf}\p{Cc}\p{Zl}\p{Zp}]/gu,
    (it) => `\\u{${/** @type {number} */ (it.codePointAt(0)).toString(16)}}`,
  );
