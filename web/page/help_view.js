/** Help: how to read the page, words, keys, what is saved, and the console. */

import { glossary, startHere } from "../guide/help_view.js";
import { offlineHelp } from "../offline/view.js";
import { promise } from "../saving/view.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { loopsChoice } from "./loops_view.js";
import { KEYS } from "./shortcuts.js";

/** @import { SelfTest } from "../api.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** @param {State} state @param {Actions} actions */
export function help(state, actions) {
  const {
    page: { selfTest, loops },
    settings: { shortcuts },
  } = state;
  return html`
    ${startHere(actions)}
    <p>
      The left column shows the forward pass, from the inputs to the logits. The right column shows the backward pass: the gradient of each number
      on the left, at the same height. Point at a cell to read it; its partner in the other column is outlined.
      Click a cell, or press Enter on it, to see how it was computed.
      With momentum or Adam, a switch below the forward pass shows what the optimizer remembers in the place of the parameters. After a training step the weights and biases are the updated ones; activations,
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
      two copies, in a database and in files. After a crash a run is restored from its last save, and continues bit for bit unless SIMD instructions (below) have been
      turned on or off since. On a first visit, a run less than about a minute
      old can still be lost in a power cut. Clearing the site's data in the browser deletes all runs. <span translate="no">${promise(state)}</span>
    </p>
    <h3>Exercises</h3>
    <p>
      The panel Exercises has fourteen functions of backpropagation to write, checked step by step, and a clinic of fourteen bugs to find. Your
      progress is saved in this browser, and can be exported as a file.
      <button type="button" @click=${() => toExercises(actions)}>Open the exercises</button>
    </p>
    ${offlineHelp(state, actions)}
    <h3>From the console</h3>
    <p>
      Every call that this page makes is available to you: <code translate="no">await backprop.train_batch({update: true})</code>,
      <code translate="no">await backprop.runs()</code>. The page updates itself.
    </p>
    ${selfTest ? versions(selfTest) : nothing} ${loops ? loopsChoice(loops, actions) : nothing}
  `;
}

/** @param {Actions} actions */
function toExercises(actions) {
  actions.page.closeDialog();
  actions.exercises.open(null);
}

/** Versions of Python and NumPy, and the error of their self-test. @param {SelfTest} selfTest */
const versions = ({ python, numpy, message }) => html`
  <h3>Python and NumPy</h3>
  <p>All numbers are computed by <span translate="no">Python ${python}</span> and <span translate="no">NumPy ${numpy}</span> in this browser.</p>
  <p translate="no">${message}</p>
`;
