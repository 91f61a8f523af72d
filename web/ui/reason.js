/** A reason behind its sentence: Python's refusals begin with the name of a field. */

/** @param {string} why @returns {string} ". This file is damaged." or ": name must be text of 1 to 100 characters, got 0." */
export const reason = (why) => `${/^[a-z]/.test(why) ? ":" : "."} ${ended(why)}`;

/** @param {string} sentence */
const ended = (sentence) => sentence.replace(/[^.?!]$/, "$&.");
