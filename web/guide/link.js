/** A step of “Start here” in the URL fragment: `#guide=3`. */

import { fieldsOf } from "../config/link_fields.js";

const FIELD = /^guide=(.*)$/;

/**
 * @param {string} fragment  untrusted, with or without the "#"
 * @param {number} count  of steps
 * @returns {number | null} the step, from 1 on; the first one if the link names none that exists; null without the field
 */
export function readGuide(fragment, count) {
  const given = fieldsOf(fragment).find((field) => FIELD.test(field));
  if (given === undefined) return null;
  const [, text] = /** @type {RegExpExecArray} */ (FIELD.exec(given));
  return /^\d$/.test(text) && Number(text) >= 1 && Number(text) <= count ? Number(text) : 1;
}

/** Return the fragment without the step, and without the "#". @param {string} fragment */
export const withoutGuide = (fragment) =>
  fieldsOf(fragment)
    .filter((field) => !FIELD.test(field))
    .join("&");
