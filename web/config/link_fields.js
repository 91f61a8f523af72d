/**
 * Fields of a URL fragment: `key=value&key=value`.
 *
 * Each value is percent-encoded once, except for the commas of a list.
 * Links pass through programs that encode them again: the whole fragment (`hidden%3D32%2C32%26…`), each value
 * (`hidden=32%2C32`), or only the percent signs (`%20` becomes `%2520`). Unambiguous layers are decoded.
 */

const MAX_LAYERS = 4; // of encoding on top of each other
/** Ends a fragment with an encoded percent sign of its own: undoing once too often would make this field malformed. */
const GUARD = "percent=%25";
/** The first keys that Copy link writes: people seldom write these three in this order. */
const COPIED = ["hidden", "activation", "dtype"];
/** Fields in which Copy link encodes a plus sign: one that stands there is a space, as forms write it. */
const TEXTS = new Set(["vocabulary", "master", "name"]);
/** Fields of a place on the page: the explained cell, the one looked at closely, a step of “Start here”, present mode, the debug panel. No part of a configuration. */
export const PLACES = new Set(["why", "look", "guide", "present", "debug"]);
/** Fields that advertising, newsletters and other sites add to every address. */
const FOREIGN =
  /^(?:(?:utm|mtm|pk|piwik|matomo|hsa|vero|oly|at|mc|ml|trk|cm)_\w+|_ga|_gl|_ke|_openstat|__?hs\w+|\w*clk?id|gbraid|wbraid|gad_\w+|li_fat_id|igshid|igsh|mkt_tok|srsltid|epik|ref|ref_src|ref_url|s_cid|s_kwcid|ncid|cmpid|wickedid|xtor|echobox|spm|scm|si|_branch_match_id|rdt_cid|sc_cid)$/i;

/** Return the text decoded, or null if its percent escapes are malformed. @param {string} text */
export function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Return the fields, each value encoded once. @param {string} fragment  untrusted, with or without the "#" */
export function fieldsOf(fragment) {
  let fields = split(fragment.replace(/:~:.*$/s, "")); // a text fragment (`:~:text=`) is for the browser
  for (let layer = 0; layer < MAX_LAYERS; layer++) fields = fields.flatMap(withoutOuterEncoding);
  if (!isCopied(fields)) return fields;
  for (let layer = 0; layer < MAX_LAYERS; layer++) fields = withoutLayer(fields) ?? fields;
  return fields.map((field) => (TEXTS.has(partsOf(field)[0]) ? field.replaceAll("+", "%20") : field));
}

/** @param {string} text */
const split = (text) =>
  text
    .replace(/^#/, "")
    .split(/&(?:amp;)?/) // as HTML writes it
    .filter((field) => field !== "");

/** Return key and value, the value still encoded. @param {string} field @returns {[string, string]} */
export function partsOf(field) {
  const [, key, value] = /** @type {RegExpExecArray} */ (/^([^=]*)=?(.*)$/s.exec(field));
  return [decoded(key) ?? key, value];
}

/** Whether other programs add this key to addresses. @param {string} key */
export const isForeign = (key) => FOREIGN.test(key);

/** Whether Copy link wrote the fragment. @param {string[]} fields */
export function isCopied(fields) {
  const keys = fields.map((field) => partsOf(field)[0]).filter((key) => !PLACES.has(key) && !isForeign(key));
  return COPIED.every((key, place) => key === keys[place]);
}

/** Add a guard by which the layers of encoding can be counted. @param {string} fragment  each value encoded once */
export const guarded = (fragment) =>
  fragment.includes("%25") && !fragment.includes(GUARD) ? `${fragment}&${GUARD}` : fragment;

/** Return the fields that were encoded together, maybe before others were added behind them. @param {string} field */
function withoutOuterEncoding(field) {
  const inner = !field.includes("=") && /%(25)*3D/i.test(field) ? decoded(field) : null;
  return inner === null ? [field] : split(inner);
}

/** Return the fields with one layer of encoding less, or null if they are encoded once. @param {string[]} fields */
function withoutLayer(fields) {
  const own = fields.filter((field) => !isForeign(partsOf(field)[0])); // others may be added at any time
  if (!own.some((field) => field.includes("%25"))) return null;
  const hasCommas = own.some((field) => field.includes(","));
  const inner = own.map((field) => (hasCommas ? field.replaceAll("%25", "%") : decoded(field)));
  return inner.every((field) => field !== null && decoded(field) !== null) ? /** @type {string[]} */ (inner) : null;
}
