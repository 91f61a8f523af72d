/** In Help: the loops that NumPy runs, and the switch between them. */

import { html } from "../vendor/lit-html/lit-html.js";

/** @import { LoopsState } from "../api.d.ts" */
/** @import { Actions } from "./actions.js" */

/** @param {LoopsState} loops @param {Actions} actions */
export const loopsChoice = (loops, actions) =>
  loops.available
    ? html`
        <p>
          <label>
            <input type="checkbox" .checked=${loops.name !== "plain"} @change=${(/** @type {Event} */ event) => actions.page.useSimd(/** @type {HTMLInputElement} */ (event.target).checked)} />
            Compute with SIMD instructions
          </label>
        </p>
        <p>
          They compute up to four numbers at a time. NumPy for browsers does not use them, so this page brings loops that do; each was compared
          with NumPy’s own at this start. Without them the numbers are the same in float64, and in float32 up to the last digits, but wide networks
          train many times slower: turn them off to see the difference. The choice applies from the next step on and is remembered. A run’s
          file says which loops trained it.
        </p>
        <p>
          With them, GELU, SiLU, sigmoid, the slopes of these and of tanh, and both losses run in float32 as one compiled loop each, which makes
          the operations of the Python formula in the same order: the same numbers, to the last bit, which was checked at this start too. Your
          own code always runs as it is written.
        </p>
      `
    : html`<p>NumPy computes with its own loops, not with the faster SIMD ones of this page: <span translate="no">${loops.reason}</span>.</p>`;
