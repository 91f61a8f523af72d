/**
 * JSON from strangers: read strictly, or refused in one sentence. The rules are those of py/backprop/strict_json.py: limited
 * depth, plain keys and none twice, finite numbers, whole Unicode. JSON.parse does the reading; what it would let pass is found beside it.
 */

/** Why a file or a text is not taken; the message is a sentence for people. */
export class Refused extends Error {
  /** @override */
  name = "Refused";
}

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;

/**
 * @param {string} name   what the text is, for the sentence
 * @param {string} text   untrusted
 * @param {number} depth  how many lists and objects may lie inside each other
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

/** @param {string} name @param {string} text */
function read(name, text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Refused(`${name} must be JSON`, { cause });
  }
}

/** Depth, and how many keys there are, doubles counted: colons outside of strings. @param {string} text */
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
 * Numbers and texts of a value, and of all in it.
 * @param {string} name @param {unknown} value @returns {number} how many keys there are
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

/** A stranger's text for a sentence: short, and with what would hide or turn other text made visible. @param {string} text */
export const quote = (text) =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text).replace(
    /[\p{Cf}\p{Cc}\p{Zl}\p{Zp}]/gu,
    (it) => `\\u{${/** @type {number} */ (it.codePointAt(0)).toString(16)}}`,
  );
