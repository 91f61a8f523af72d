/** Names inside sentences, isolated so that their writing direction affects only themselves. */

import { html } from "../vendor/lit-html/lit-html.js";

/** A name in quotation marks. @param {string} name  untrusted */
export const quoted = (name) => html`“<bdi translate="no">${name}</bdi>”`;

/** A sentence with what it quotes, from the first “ to the last ”, isolated. @param {string} text */
export function isolated(text) {
  const first = text.indexOf("“") + 1;
  const last = text.lastIndexOf("”");
  if (first === 0 || last < first) return text;
  return html`${text.slice(0, first)}<bdi translate="no">${text.slice(first, last)}</bdi>${text.slice(last)}`;
}
