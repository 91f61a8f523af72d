/** Values of a setting, typed as a list: "0.1, 0.03", "0 … 9", "0.001 … 0.1 × 5", "16, 32-32". */

import { settingText, settingTyped } from "../config/kinds.js";
import { shortOptimizer } from "../config/schema.js";
import { asTyped } from "../ui/typed.js";

/** @import { SettingWords } from "../api.d.ts" */
/** Values in the order in which they were typed; or why the text has none. @typedef {{values: unknown[]} | {refusal: string}} Typed */

/** Maximum number of runs of a sweep; Python refuses more. */
export const MAX_RUNS = 200;

const NUMBERS = new Set(["number", "integer", "seed"]);
const WHOLE = new Set(["integer", "seed"]);
/** "0 … 9", "0.001 … 0.1 × 5" */
const SPAN = /^(\S+?)\s*(?:…|\.{2,3}|\bto\b)\s*(\S+?)(?:\s*[×x*]\s*(\d{1,6}))?$/;
/** "0-9" and "0–9", of whole numbers only: elsewhere a hyphen may be a sign. */
const RANGE = /^(\d+)\s*[-–]\s*(\d+)$/;
/** Significant digits of a value between two bounds. */
const DIGITS = 3;

/** A text that has no values, with the reason. */
class Misread extends Error {}

/**
 * @param {SettingWords} setting
 * @param {string} text
 * @returns {Typed}
 */
export function typedValues(setting, text) {
  try {
    const values = partsOf(text).flatMap((part) => valuesIn(setting, part));
    return values.length > 0 ? { values } : { refusal: "Enter at least one value." };
  } catch (error) {
    if (error instanceof Misread) return { refusal: error.message };
    throw error;
  }
}

/** Between semicolons, where there are any, commas are part of a value. @param {string} text */
const partsOf = (text) =>
  text
    .split(text.includes(";") ? ";" : ",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** @param {SettingWords} setting @param {string} part @returns {unknown[]} */
function valuesIn(setting, part) {
  if (setting.kind === "widths") return [widthsIn(setting, part)];
  if (!NUMBERS.has(setting.kind)) return [settingTyped(setting, part)];
  const span = SPAN.exec(part) ?? (WHOLE.has(setting.kind) ? RANGE.exec(part) : null);
  if (span) return spanned(setting, part, [asTyped(span[1], setting.name), asTyped(span[2], setting.name)], span[3]);
  return part.split(/\s+/).map((word) => settingTyped(setting, word));
}

/** "32-16" is two layers. @param {SettingWords} setting @param {string} part */
const widthsIn = (setting, part) => settingTyped(setting, part.replace(/[-–→]/g, " "));

/**
 * @param {SettingWords} setting
 * @param {string} part
 * @param {(number | string)[]} bounds
 * @param {string | undefined} times  how many values, if it is typed
 */
function spanned({ kind }, part, [low, high], times) {
  if (typeof low !== "number" || typeof high !== "number")
    throw new Misread(`“${part}” must have a number at both ends.`);
  if (times === undefined && !WHOLE.has(kind)) throw new Misread(`Add the number of values: “${low} … ${high} × 5”.`);
  const length = times === undefined ? Math.abs(high - low) + 1 : Number(times);
  if (length > MAX_RUNS) throw new Misread(`“${part}” has more than ${MAX_RUNS} values.`);
  if (length < 2) throw new Misread(`“${part}” must have at least 2 values.`);
  const values = spread([low, high], length, times !== undefined && kind !== "seed");
  return WHOLE.has(kind) ? [...new Set(values.map(Math.round))] : values;
}

/**
 * Values from one bound to the other: each the same factor from the next, or the same step if a bound is 0.
 * @param {[number, number]} bounds @param {number} length @param {boolean} scaled  false: every whole number
 */
function spread([low, high], length, scaled) {
  const isLog = scaled && low > 0 && high > 0;
  const at = (/** @type {number} */ share) => (isLog ? low * (high / low) ** share : low + (high - low) * share);
  return Array.from({ length }, (_, i) => {
    const value = at(i / (length - 1));
    if (i === 0 || i === length - 1) return i === 0 ? low : high;
    return scaled ? Number(value.toPrecision(DIGITS)) : Math.round(value);
  });
}

/** A value in a few letters: "0.03", "32-32", "Adam". @param {SettingWords} setting @param {any} value @returns {string} */
export function valueWords(setting, value) {
  if (value === null) return "none";
  if (setting.name === "optimizer") return shortOptimizer(value);
  if (setting.choices) return setting.choices[value] ?? String(value);
  if (setting.kind === "widths") return value.join("-") || "none";
  return settingText(setting, value);
}

/** A value as text that `typedValues` reads. @param {SettingWords} setting @param {any} value */
export const typedText = (setting, value) => (setting.choices ? String(value) : valueWords(setting, value));
