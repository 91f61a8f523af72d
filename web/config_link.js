/** A configuration and its run's name as a link: `#hidden=32,32&lr=0.1&…&name=Deep`. */

import { fieldsOf, formatFragment, parseFragment } from "./fragment.js";
import { quote } from "./strict_json.js";

/** No name was given, or none that can be used. */
export const UNNAMED = "From a link";
const NAME = "name=";
const MOST_NAME = 30_000; // characters of the link; what is too long for a name, Python says

/** @param {{href: string}} page @param {import("./api.d.ts").RunSummary} run */
export function formatLink({ href }, { config, name }) {
  const url = new URL(href);
  url.hash = `${formatFragment(config)}&${NAME}${encodeURIComponent(name)}`;
  return url.href;
}

/**
 * @param {string} fragment  untrusted, with or without the "#"
 * @returns {{config: import("./api.d.ts").PartialRunConfig, name: string, notices: string[]} | null} null where there is no
 *   configuration: nothing, a place on the page (`#controls`), or a cell that is explained (`#why=…`)
 */
export function readLink(fragment) {
  if (!fieldsOf(fragment).some(isOfConfig)) return null;
  const { config, notices } = parseFragment(fragment);
  const given = fieldsOf(fragment).find((field) => field.startsWith(NAME)) ?? NAME;
  try {
    return { config, name: decodeURIComponent(given.slice(NAME.length, MOST_NAME)).trim(), notices };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    const notice = `In the link, "name" must be text, got ${quote(given.slice(NAME.length))}: it is left out.`;
    return { config, name: "", notices: [...notices, notice] };
  }
}

/** What stays of a fragment when its configuration has been followed: the cell that is explained. @param {string} fragment */
export const withoutConfig = (fragment) =>
  fieldsOf(fragment)
    .filter((field) => !isOfConfig(field))
    .join("&");

/** @param {string} field */
const isOfConfig = (field) => field.includes("=") && !field.startsWith("why=");
