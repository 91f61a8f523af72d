/** Formulas as MathML, from trees that come from Python; only the elements named here are created. */

/** @import { MathTree } from "../api.d.ts" */

const MATHML = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = new Set(["mi", "mn", "mo", "mtext", "mrow", "msub", "msup", "munder", "mfrac", "msqrt"]);

/** @param {MathTree} tree @param {string} text plain-text equivalent @returns {Element} */
export function formula(tree, text) {
  const math = document.createElementNS(MATHML, "math");
  math.setAttribute("display", "block");
  math.setAttribute("alttext", text);
  math.append(element(tree));
  return math;
}

/** @param {MathTree} tree @returns {Element} */
function element(tree) {
  const [name, ...children] = apart(tree);
  if (!ELEMENTS.has(name)) throw new TypeError(`a formula is made of ${[...ELEMENTS].join(", ")}, not of ${name}`);
  const made = document.createElementNS(MATHML, name);
  made.append(...children.map((child) => (typeof child === "string" ? child : element(child))));
  return made;
}

/**
 * Split two-letter identifiers, such as an index ni or f′, so that each letter is set in italics.
 * @param {MathTree} tree @returns {MathTree}
 */
function apart(tree) {
  const [name, text] = tree;
  if (name !== "mi" || typeof text !== "string" || text.length !== 2) return tree;
  return ["mrow", ["mi", text[0]], ["mi", text[1]]];
}
