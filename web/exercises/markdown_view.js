/** Statements and hints on the page. */

import { html } from "../vendor/lit-html/lit-html.js";
import { blocks, partsOf } from "./markdown.js";

/** @import { Block, Part } from "./markdown.js" */

/** @param {string} text */
export const prose = (text) => blocks(text).map(block);

/** A line of text with code in it. @param {string} text */
export const line = (text) => partsOf(text).map(part);

/** @param {Block} block */
function block({ kind, parts }) {
  const content = parts.map(part);
  if (kind === "formula") return html`<p class="exercises-formula" translate="no">${content}</p>`;
  return kind === "item" ? html`<p class="exercises-item">${content}</p>` : html`<p>${content}</p>`;
}

/** @param {Part} part */
const part = ({ code, text }) => (code ? html`<code translate="no">${text}</code>` : text);
