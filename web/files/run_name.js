/**
 * Names of runs, checked with the rules and messages of py/backprop/runs/names.py.
 *
 * It says why code points stand here as ranges.
 */

export const MAX_CHARACTERS = 100;
const WHITE_SPACE = "9-D 20 85 A0 1680 2000-200A 2028-2029 202F 205F 3000";
const INVISIBLE =
  "0-8 E-1F 7F-84 86-9F AD 34F 600-605 61C 6DD 70F 890-891 8E2 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 2800 3164 FE00-FE0F FEFF FFA0 FFF0-FFFB 110BD 110CD 13430-1343F 16FE4 1BCA0-1BCA3 1D159 1D173-1D17A E0000-E0FFF";

/** Characters of a table, to stand between brackets in a regular expression. @param {string} table */
const characters = (table) => table.replace(/[0-9A-F]+/g, "\\u{$&}").replaceAll(" ", "");

const SPACE = characters(WHITE_SPACE);
const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu");
const BLANK = new RegExp(`^[${SPACE}${characters(INVISIBLE)}]*$`, "u");
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u; // these categories never change

/** Without white space around it. @param {string} name */
export const trimName = (name) => name.replace(ENDS, "");

/** Return the reason for refusing a name, to follow "name": "must …". @param {string} name @returns {string} "" for an accepted name */
export function nameRefusal(name) {
  const text = trimName(name);
  const length = [...text].length;
  if (length < 1 || length > MAX_CHARACTERS)
    return `must be text of 1 to ${MAX_CHARACTERS} characters, got ${length.toLocaleString("en")}`;
  if (CONTROL.test(text)) return "must not hold control characters or line breaks";
  return BLANK.test(text) ? "must have a character that can be seen" : "";
}
