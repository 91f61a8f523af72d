/** The dialogs: New run, and help. */

import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { KEYS } from "./keys.js";
import { lens } from "./lens.js";
import { newRun } from "./new_run.js";
import { promise } from "./saved.js";
import { twin } from "./twin.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

/** @param {State} state @param {Actions} actions */
export function dialogs(state, actions) {
  return html`
    ${dialog("new-run", "New run", state.dialog === "new_run", () => newRun(state, actions), actions)}
    ${dialog("twin", "Twin", state.dialog === "twin", () => twin(state, actions), actions)}
    ${dialog("lens", "By sample", state.dialog === "lens", () => lens(state, actions), actions)}
    ${dialog("help", "Help", state.dialog === "help", () => help(state, actions), actions)}
  `;
}

/** @param {string} id @param {string} title @param {boolean} open @param {() => unknown} content @param {Actions} actions */
function dialog(id, title, open, content, actions) {
  // `showModal`, unlike the attribute `open`, keeps the keyboard inside and the rest of the page out of reach.
  const show = (/** @type {Element | undefined} */ element) => {
    if (!(element instanceof HTMLDialogElement) || element.open === open) return;
    if (open) element.showModal();
    else element.close();
  };
  return html`
    <dialog id=${id} aria-labelledby="${id}-title" ${ref(show)} @close=${() => open && actions.close_dialog()}>
      <header>
        <h2 id="${id}-title">${title}</h2>
        <button type="button" aria-label="Close ${title}" @click=${actions.close_dialog}>✕</button>
      </header>
      ${open ? content() : nothing}
    </dialog>
  `;
}

/** @param {State} state @param {Actions} actions */
function help(state, actions) {
  const { shortcuts } = state;
  return html`
    <p>
      The left column shows the forward pass, from the inputs to the logits. The right column shows the backward pass: the gradient of each number
      on the left, at the same height. Point at a cell to read it; its partner in the other column is outlined.
      Beneath both stands what the optimizer remembers, if it remembers anything.
      Click it, or press Enter, to see why it is what it is.
    </p>
    <p>
      A <em>step</em> is one update of the weights. <em>Run single step</em> takes one sample, <em>Run batch</em> one batch, <em>Run full epoch</em>
      goes once through all samples, and <em>Play</em> goes on until you pause it.
    </p>
    <h3>Keys</h3>
    <dl class="keys">
      ${KEYS.map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}
      <div><dt><kbd>Esc</kbd></dt><dd>Close a dialog, or an explanation</dd></div>
      <div><dt><kbd>Enter</kbd></dt><dd>In a matrix: explain the cell</dd></div>
      <div><dt><kbd>Backspace</kbd></dt><dd>In an explanation: back to the cell before</dd></div>
    </dl>
    <p>
      <label>
        <input type="checkbox" .checked=${shortcuts} @change=${(/** @type {Event} */ event) => actions.set_shortcuts(/** @type {HTMLInputElement} */ (event.target).checked)} />
        Single keys do something
      </label>
    </p>
    <h3>What is kept</h3>
    <p>
      Every run is saved in this browser, on this computer, about once a second while it trains and at once when anything else changes, twice: in a
      database and in files beside it. After a crash it comes back as it was saved last. A run that is less than about a minute old, on a first visit,
      can still be lost to a power cut. Clearing the site's data in the browser deletes all runs. ${promise(state)}
    </p>
    <h3>From the console</h3>
    <p>
      Every call that this page makes is there for you: <code>await backprop.train_batch({update: true})</code>,
      <code>await backprop.runs()</code>. The page follows.
    </p>
  `;
}
