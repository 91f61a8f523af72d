/** Fields for early stopping and other limits, in the controls and in the New run form. */

import { choice, text } from "../ui/fields.js";
import { html } from "../vendor/lit-html/lit-html.js";

/** @import { Field } from "../ui/fields.js" */

const METRICS = {
  held_out_loss: "Held-out loss",
  held_out_accuracy: "Held-out accuracy",
  train_loss: "Mean loss of the epoch’s batches",
  train_accuracy: "Mean accuracy of the epoch’s batches",
};
const USUAL = { "auto-monitor": "Held-out loss (training loss if nothing is held out)", ...METRICS };
const MODES = { auto: "Automatic", min: "Lower", max: "Higher" };
const YES = { no: "No", yes: "Yes" };

/**
 * @param {(name: string, label: string, hint?: string) => Field} field  by "stopping.…"
 * @param {boolean} live  whether each keystroke is committed and the metric may be left to Python
 */
export function stoppingFields(field, live) {
  const number = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ hint) =>
    text({ ...field(`stopping.${name}`, label, hint), live, setting: name });
  const chosen = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {Record<string, string>} */ options,
  ) => choice({ ...field(`stopping.${name}`, label), options });
  return html`
    ${chosen("monitor", "The best weights are those with the best", live ? USUAL : METRICS)} ${chosen("mode", "Better means", MODES)}
    ${chosen("early_stopping", "Stop early", YES)}
    ${number("patience", "Patience", "epochs without improvement")}
    ${number("min_delta", "Minimum improvement", "smaller ones do not reset the patience")}
    ${number("start_from_epoch", "Start from epoch", "ignore epochs before this one")}
    ${chosen("restore_best_weights", "Go back to the best weights when stopped", YES)}
    ${number("target", "Stop at a target", "value of the metric; empty: none")}
    ${number("max_epochs", "Stop after epochs", "empty: never")}
  `;
}
