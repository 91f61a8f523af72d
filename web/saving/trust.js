/**
 * Versions of the learner's code that were run in this browser, by their SHA-256.
 *
 * A restored run goes on with such a version. Any other waits until the person has read it and pressed Run.
 */

import { remember, remembered } from "../ui/preferences.js";

const KEY = "code";
const MOST = 300;

/** @returns {string[]} oldest first */
export function trusted() {
  const { trusted: versions } = remembered(KEY);
  return Array.isArray(versions) ? versions.filter((version) => /^[0-9a-f]{64}$/.test(version)) : [];
}

/** @param {string} version  "" is the page's own code */
export function trust(version) {
  if (version) keep([...without(version), version]);
}

/** Let a version wait at the next start, such as one that had to be stopped. @param {string} version */
export const distrust = (version) => keep(without(version));

/** @param {string} version */
const without = (version) => trusted().filter((other) => other !== version);

/** @param {string[]} versions */
const keep = (versions) => remember(KEY, { ...remembered(KEY), trusted: versions.slice(-MOST) });
