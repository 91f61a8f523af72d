/** The kept copy in words: in Help, and when a new version is ready. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { NEW_VERSION, WORDS } from "./text.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function offlineHelp({ offline: { copy, fault } }, actions) {
  return html`
    <h3>Without a network</h3>
    <p>${WORDS[copy]} ${fault ? html`<span translate="no">${fault}</span>` : nothing}</p>
    ${copy === "kept" ? html`<p><button type="button" @click=${actions.offline.delete}>Delete the kept copy</button></p>` : nothing}
    ${copy === "off" ? html`<p><button type="button" @click=${actions.offline.keep}>Keep a copy on this device</button></p>` : nothing}
  `;
}

/** @param {State} state @param {Actions} actions */
export function newVersion({ offline: { isUpdated, isLater } }, actions) {
  if (!isUpdated || isLater) return nothing;
  return html`
    <div class="message">
      <p>${NEW_VERSION}</p>
      <button type="button" @click=${actions.offline.changeOver}>Use the new version</button>
      <button type="button" @click=${actions.offline.later}>Later</button>
    </div>
  `;
}
