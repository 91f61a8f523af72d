/**
 * Numbers as they are typed: 0.05 and 0,05, 1e-3, 20%.
 *
 * Whatever else is typed stays text, for Python to refuse.
 *
 * A comma is a decimal comma, except in a whole number: there 1,000 is a thousand, as the page itself writes it.
 */

/** The settings that are whole numbers, by the last part of their name; of generated text at first. */
const WHOLE = new Set(["length", "seed"]);
const NUMBER = /^([+-]?(?:\d+[.,]?\d*|[.,]\d+))(?:e([+-]?\d+))?\s*(%?)$/i;
const THOUSANDS = /^\d{1,3}(?:([,.])\d{3})(?:\1\d{3})*$/;

/** Learn the names of settings that are whole numbers. @param {string[]} names */
export function learnWhole(names) {
  for (const name of names) WHOLE.add(name);
}

/** Whether a setting is a whole number. @param {string} name  "batch_size", "trainer.batch_size" */
export const isWhole = (name) => WHOLE.has(name.split(".").at(-1) ?? "");

/**
 * Parse a typed setting: a number if it reads as one, else the text.
 * @param {string} text
 * @param {string} name  of the setting: "learning_rate", "trainer.learning_rate"
 * @returns {number | string}
 */
export function asTyped(text, name) {
  const typed = text.trim();
  const plain = typed.replace("−", "-");
  if (isWhole(name) && THOUSANDS.test(plain)) return Number(plain.replace(/[,.]/g, ""));
  const [, digits, exponent = "0", percent] = NUMBER.exec(plain) ?? [];
  if (digits === undefined || (percent && isWhole(name))) return typed;
  // The exponent takes up the percent: 14.5e-2 is the number next to 0.145, and 14.5 / 100 need not be.
  const number = Number(`${digits.replace(",", ".")}e${Number(exponent) - (percent ? 2 : 0)}`);
  return Number.isFinite(number) ? number : typed;
}

/** Normalize the text of a field that was left: numbers as the page formats them. @param {string} text @param {string} name */
export function tidied(text, name) {
  const number = asTyped(text, name);
  return typeof number === "number" ? String(number) : text;
}
