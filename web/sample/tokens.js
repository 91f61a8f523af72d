/** Tokens as text: read from a field, written as one word, fitted as tiles. */

/** Width of a letter of a tile, of the arrow and of the sign for left-out tokens. CSS pixels. */
const LETTER = 6.6;
const ARROW = 14;
const CUT = 12;
const GAP = 2;
/** Sizes of tiles, and the space around longer tokens. */
const SIZES = [22, 16];
const AROUND = 6;

/**
 * Read typed tokens: one per character, or separated by spaces or commas where a token of the vocabulary is longer.
 * @param {string} text @param {string[]} vocabulary @returns {string[]}
 */
export function tokensIn(text, vocabulary) {
  if (vocabulary.some((token) => letters(token) > 1)) return text.split(/[\s,]+/u).filter(Boolean);
  return [...text].filter((character) => !/\s/u.test(character));
}

/** Write tokens as one word where each is one character, apart otherwise. @param {string[]} tokens */
export const spelled = (tokens) => tokens.join(separator(tokens));

/** @param {string[]} tokens */
export const separator = (tokens) => (tokens.every((token) => letters(token) === 1) ? "" : " ");

/** @param {string} token */
const letters = (token) => [...token].length;

/**
 * @typedef {object} Tiles
 * @property {number} size  height of a tile
 * @property {number} width of each tile
 * @property {string[]} shown  the last tokens that fit
 * @property {boolean} isCut   whether tokens before them are left out
 */

/**
 * Choose the size of tiles, and how many of the last tokens are shown.
 * @param {string[]} tokens @param {string} target @param {number} room  width in CSS pixels @returns {Tiles}
 */
export function tilesIn(tokens, target, room) {
  const longest = Math.max(...[...tokens, target].map(letters));
  const widthOf = (/** @type {number} */ size) => (longest > 1 ? Math.max(size, longest * LETTER + AROUND) : size);
  const needed = (/** @type {number} */ count, /** @type {number} */ width) =>
    count * (width + GAP) + ARROW + width + (count < tokens.length ? CUT : 0);
  const size = SIZES.find((candidate) => needed(tokens.length, widthOf(candidate)) <= room) ?? SIZES[1];
  const width = widthOf(size);
  let count = tokens.length;
  while (count > 1 && needed(count, width) > room) count--;
  return { size, width, shown: tokens.slice(-count), isCut: count < tokens.length };
}
