/** The dialogs: New run, Twin, sample lens and help; and the sign that files can be dropped. */

import { glossary, startHere } from "../guide/help_view.js";
import { lens } from "../lens/view.js";
import { newRun } from "../runs/new_run_view.js";
import { twin } from "../runs/twin_view.js";
import { promise } from "../saving/view.js";
import { dropTarget } from "../share/view.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { KEYS } from "./shortcuts.js";

/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** @param {State} state @param {Actions} actions */
export function dialogs(state, actions) {
  const { dialog: open } = state.page;
  const { closeDialog: close } = actions.page;
  const twinOf = state.runs.list.find(({ id }) => id === state.runs.twin?.id)?.name;
  return html`
    ${dialog({ id: "new-run", title: "New run", kind: "sheet", open: open === "new_run", content: () => newRun(state, actions), close })}
    ${dialog({ id: "twin", title: twinOf ? `Twin of ${twinOf}` : "Twin", kind: "sheet", open: open === "twin", content: () => twin(state, actions), close })}
    ${dialog({ id: "lens", title: "By sample", open: open === "lens", content: () => lens(state, actions), close })}
    ${dialog({ id: "help", title: "Help", kind: "sheet", open: open === "help", content: () => help(state, actions), close })}
    ${dropTarget(state)}
  `;
}

/** Focus the radio button that is chosen, or the first one. @param {HTMLElement} element */
function focusRadio(element) {
  const radio = element.querySelector("input[type=radio]:checked") ?? element.querySelector("input[type=radio]");
  if (radio instanceof HTMLElement) radio.focus();
}

/**
 * @typedef {object} Dialog
 * @property {string} id
 * @property {string} title
 * @property {"sheet"} [kind]  a sheet comes from the right and has the height of the window
 * @property {boolean} open
 * @property {() => unknown} content
 * @property {() => unknown} close
 */

/** @param {Dialog} dialog */
function dialog({ id, title, kind, open, content, close }) {
  // `showModal`, unlike the attribute `open`, keeps the keyboard inside and the rest of the page out of reach.
  const show = (/** @type {Element | undefined} */ element) => {
    if (!(element instanceof HTMLDialogElement) || element.open === open) return;
    if (open) {
      element.showModal();
      // The contents are drawn after this call.
      queueMicrotask(() => focusRadio(element));
    } else element.close();
  };
  // The event is delayed: the dialog may have been reopened.
  const closed = (/** @type {Event} */ { target }) =>
    open && target instanceof HTMLDialogElement && !target.open && close();
  return html`
    <dialog id=${id} class=${kind ? `page-${kind}` : ""} aria-labelledby="${id}-title" ${ref(show)} @close=${closed}>
      <header>
        <h2 id="${id}-title" translate="no">${title}</h2>
        <button type="button" class="icon" aria-label="Close ${title}" @click=${close}>✕</button>
      </header>
      ${open ? content() : nothing}
    </dialog>
  `;
}

/** @param {State} state @param {Actions} actions */
function help(state, actions) {
  const {
    settings: { shortcuts },
  } = state;
  return html`
    ${startHere(actions)}
    <p>
      The left column shows the forward pass, from the inputs to the logits. The right column shows the backward pass: the gradient of each number
      on the left, at the same height. Point at a cell to read it; its partner in the other column is outlined.
      Click a cell, or press Enter on it, to see how it was computed.
      Below both columns is the optimizer’s memory, if it has any. After a training step the weights and biases are the updated ones; activations,
      gradients, batch loss and batch accuracy were computed before the update.
    </p>
    <p>
      A <em>step</em> is one update of the weights. <em>Run single step</em> takes one sample, <em>Run batch</em> one batch, <em>Run full epoch</em>
      one pass over all training samples, and <em>Play</em> continues until you pause it.
    </p>
    <p>
      Rows, columns, units, layers, positions and samples count from 1, on the page and in a screen reader. Links, the console and Python count from
      0, as NumPy does: <code translate="no">layers/1/weights,3,7</code> is row 4, column 8 of the weights of layer 2.
    </p>
    <h3>Keys</h3>
    <dl class="keys">
      ${KEYS.map(([key, words]) => html`<div><dt><kbd translate="no">${key}</kbd></dt><dd>${words}</dd></div>`)}
      <div><dt><kbd translate="no">Esc</kbd></dt><dd>Close a dialog, an explanation or a message</dd></div>
      <div><dt><kbd translate="no">Enter</kbd></dt><dd>In a matrix: explain the cell</dd></div>
      <div><dt><kbd translate="no">Backspace</kbd></dt><dd>In an explanation: back to the cell before</dd></div>
    </dl>
    <p>
      <label>
        <input type="checkbox" .checked=${shortcuts} @change=${(/** @type {Event} */ event) => actions.settings.setShortcuts(/** @type {HTMLInputElement} */ (event.target).checked)} />
        Enable single-key shortcuts
      </label>
    </p>
    ${glossary()}
    <h3>What is saved</h3>
    <p>
      Every run is saved in this browser, on this computer: about once a second during training, and immediately after any other change. There are
      two copies, in a database and in files. After a crash a run is restored from its last save. On a first visit, a run less than about a minute
      old can still be lost in a power cut. Clearing the site's data in the browser deletes all runs. <span translate="no">${promise(state)}</span>
    </p>
    <h3>From the console</h3>
    <p>
      Every call that this page makes is available to you: <code translate="no">await backprop.train_batch({update: true})</code>,
      <code translate="no">await backprop.runs()</code>. The page updates itself.
    </p>
  `;
}
