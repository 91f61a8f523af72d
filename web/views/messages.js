/** What the reader should know now: what went wrong, what can be undone, what came of sharing, and for ears, what came out. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { isolated } from "./isolated.js";
import { dropTarget, shared } from "./sharing.js";
import { details } from "./status.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

/** @param {State} state @param {Actions} actions */
export function messages(state, actions) {
  const { alert, undo, said } = state;
  return html`
    <p class="sr-only" aria-live="polite" data-said>${said}</p>
    <div class="messages">
      <div role="alert">${alert ? failure(alert, actions) : nothing}</div>
      <div role="status">${shared(state, actions)}</div>
      <div role="status">${undo ? toast(undo.text, actions) : nothing}</div>
    </div>
    ${dropTarget(state)}
  `;
}

/** @param {NonNullable<State["alert"]>} alert @param {Actions} actions */
function failure({ title, message, traceback }, actions) {
  return html`
    <div class="message failure">
      <div>
        <p><strong>${title}:</strong> ${message}</p>
        ${details(traceback)}
      </div>
      <button type="button" @click=${actions.dismiss_alert}>Close</button>
    </div>
  `;
}

/** @param {string} words @param {Actions} actions */
function toast(words, actions) {
  return html`
    <div class="message">
      <p>${isolated(words)}</p>
      <button type="button" class="primary" data-focus="undo" @click=${actions.undo}>Undo</button>
      <button type="button" @click=${actions.dismiss_undo}>Dismiss</button>
    </div>
  `;
}
