/** Links with a run's configuration and name: `#hidden=32,32&lr=0.1&…&name=Deep`. */

import { trimName } from "../files/run_name.js";
import { quote } from "../files/strict_json.js";
import { count } from "../ui/number.js";
import { formatFragment, MAX_CHARACTERS, parseFragment } from "./fragment.js";
import { decoded, fieldsOf, guarded, isCopied, isForeign, PLACES, partsOf } from "./link_fields.js";

/** @import { PartialRunConfig, RunConfig, RunSummary } from "../api.d.ts" */

/** Name of a run whose link has no usable name. */
export const UNNAMED = "From a link";
const MAX_NAME_LENGTH = 30_000; // characters; Python refuses longer names

/**
 * Return the link to a run's configuration, and a notice for each field that it cannot carry.
 * @param {{href: string}} page @param {Pick<RunSummary, "config" | "name">} run
 * @returns {{url: string, notices: string[]}} no `url` if the page would refuse the link
 */
export function formatLink({ href }, { config, name }) {
  const fragment = guarded(`${formatFragment(config)}&name=${encodeURIComponent(name)}`);
  if (fragment.length > MAX_CHARACTERS) {
    const [length, most] = [fragment.length, MAX_CHARACTERS].map(count);
    const notice = `This configuration is too long for a link: ${length} characters, and the limit is ${most}. Download the run file instead.`;
    return { url: "", notices: [notice] };
  }
  const url = new URL(href);
  url.hash = fragment;
  const lost = lostFields(config, parseFragment(fragment).config);
  const notices = lost.map((field) => `The link cannot carry ${field}: the run it opens uses the default.`);
  return { url: url.href, notices };
}

/**
 * @param {string} fragment  untrusted, with or without the "#"
 * @returns {{config: PartialRunConfig, name: string, notices: string[]} | null} null where there is no
 *   configuration: nothing, a place on the page (`#controls`), another place (`#why=…`), or fields of others (`#utm_source=…`)
 */
export function readLink(fragment) {
  const fields = fieldsOf(fragment);
  if (!fields.some(isOfConfig)) return null;
  const { config, notices } = parseFragment(fragment);
  if (isCopied(fields) && !fields.some((field) => partsOf(field)[0] === "name"))
    notices.push("The link seems to be cut off (no name at its end). Missing settings use their defaults.");
  const { name, notice } = readName(fields);
  return { config, name, notices: notice ? [...notices, notice] : notices };
}

/** Return the fields that stay in the address when the link is taken: places on the page. @param {string} fragment */
export const withoutConfig = (fragment) =>
  fieldsOf(fragment)
    .filter((field) => PLACES.has(partsOf(field)[0]))
    .join("&");

/** @param {string[]} fields */
function readName(fields) {
  const [, given] = fields.map(partsOf).find(([key]) => key === "name") ?? ["name", ""];
  const text = decoded(given.replaceAll("+", " ")); // as forms write spaces
  if (text !== null) return { name: trimName(text.slice(0, MAX_NAME_LENGTH)), notice: "" };
  return { name: "", notice: `In the link, "name" must be text, got ${quote(given)}: it is ignored.` };
}

/** @param {string} field */
function isOfConfig(field) {
  const [key] = partsOf(field);
  return field.includes("=") && !PLACES.has(key) && !isForeign(key);
}

/** @param {RunConfig} config @param {PartialRunConfig} read */
function lostFields(config, read) {
  const found = new Map(Object.entries(read).map(([section, options]) => [section, new Map(Object.entries(options))]));
  return Object.entries(config).flatMap(([section, options]) =>
    Object.entries(options)
      .filter(([field, value]) => JSON.stringify(found.get(section)?.get(field)) !== JSON.stringify(value))
      .map(([field]) => `${section}.${field}`),
  );
}
