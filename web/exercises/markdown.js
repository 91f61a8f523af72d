/** Statements and hints: the little Markdown that they use, as data. */

/** A run of text, or of code. @typedef {{code: boolean, text: string}} Part */
/** A paragraph, an item of a list, or an indented formula. @typedef {{kind: "paragraph" | "item" | "formula", parts: Part[]}} Block */

/** @param {string} text @returns {Block[]} */
export function blocks(text) {
  const groups = text.replace(/\r/g, "").split(/\n{2,}/);
  return groups.filter((group) => group.trim()).flatMap((group) => blocksOf(group.replace(/^\n+|\n+$/g, "")));
}

/** @param {string} group @returns {Block[]} */
function blocksOf(group) {
  const lines = group.split("\n");
  if (lines.every((line) => line.startsWith("    ")))
    return lines.map((line) => ({ kind: "formula", parts: [{ code: false, text: line.trim() }] }));
  if (lines.every((line) => line.startsWith("- ")))
    return lines.map((line) => ({ kind: "item", parts: partsOf(line.slice(2)) }));
  return [{ kind: "paragraph", parts: partsOf(lines.join(" ")) }];
}

/** Split at backticks: every second part is code; without a closing one, a backtick is text. @param {string} text @returns {Part[]} */
export function partsOf(text) {
  const pieces = text.split(/`([^`]*)`/);
  return pieces.map((piece, index) => ({ code: index % 2 === 1, text: piece })).filter((part) => part.text);
}
