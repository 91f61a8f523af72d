/** Values of settings as text: how each kind is typed in a form. */

import { asTyped } from "../ui/typed.js";

/** @import { SettingWords } from "../api.d.ts" */
/** `read`: a value, or the text if it is none, for Python to refuse. @typedef {{write: (value: any) => string, read: (text: string, name: string) => unknown}} Kind */

/** "a b c" or "a, b, c" @param {string} text @returns {string[]} */
const tokens = (text) => text.split(/[\s,]+/).filter((token) => token !== "");

/** A sequence: tokens with spaces between them, or one character each. @param {string} text */
const line = (text) => (/[\s,]/.test(text.trim()) ? tokens(text) : [...text.trim()]);

/** @type {Kind} */
const NUMBER = { write: String, read: asTyped };

/** @type {Record<string, Kind>} */
const KINDS = {
  number: NUMBER,
  integer: NUMBER,
  seed: NUMBER,
  choice: { write: String, read: (text) => text },
  flag: { write: (value) => (value ? "yes" : "no"), read: (text) => text === "yes" },
  tokens: { write: (value) => value.join(" "), read: tokens },
  sequences: {
    write: (value) => value.map((/** @type {string[]} */ each) => each.join(" ")).join("\n"),
    read: (text) =>
      text
        .split("\n")
        .filter((each) => each.trim() !== "")
        .map(line),
  },
  // "32, 16"; nothing or "none" is a model without hidden layers
  widths: {
    write: (value) => value.join(", "),
    read: (text, name) => (text.trim() === "none" ? [] : tokens(text).map((width) => asTyped(width, name))),
  },
  // "10", or "8-12" from the shortest to the longest
  length: {
    write: (value) => (Array.isArray(value) ? value.join("-") : String(value)),
    read(text, name) {
      const ends = /^\s*(\S+?)\s*(?:-|–|to)\s*(\S+)\s*$/.exec(text);
      return ends ? [asTyped(ends[1], name), asTyped(ends[2], name)] : asTyped(text, name);
    },
  },
};

/** Format a value for its field. @param {SettingWords} setting @param {any} value */
export const settingText = ({ kind, none }, value) => (value === null ? (none ?? "none") : KINDS[kind].write(value));

/** Parse the text of a field; nothing and "none" are null where that is a value. @param {SettingWords} setting @param {string} text */
export function settingTyped({ kind, name, none }, text) {
  const isNone = none !== null && ["", "none"].includes(text.trim().toLowerCase());
  return isNone ? null : KINDS[kind].read(text, name);
}
