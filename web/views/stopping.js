/** When a run is to stop: the same fields in the New run form and for a run that trains. */

import { html } from "../vendor/lit-html/lit-html.js";
import { choice, text } from "./field.js";

export const METRICS = {
  held_out_loss: "Held-out loss",
  held_out_accuracy: "Held-out accuracy",
  train_loss: "Training loss",
  train_accuracy: "Training accuracy",
};
const USUAL = { "auto-monitor": "Held-out loss (training loss without any)", ...METRICS };
const MODES = { auto: "Automatic", min: "Less is better", max: "More is better" };
const YES = { no: "No", yes: "Yes" };

/**
 * @param {(name: string, label: string, hint?: string) => import("./field.js").Field} field  by "stopping.…"
 * @param {boolean} live  whether each keystroke counts, and what is best may be left to Python
 */
export function stoppingFields(field, live) {
  const number = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ hint) =>
    text({ ...field(`stopping.${name}`, label, hint), live, numeric: true });
  const chosen = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {Record<string, string>} */ options,
  ) => choice({ ...field(`stopping.${name}`, label), options });
  return html`
    ${chosen("monitor", "Best is decided by", live ? USUAL : METRICS)} ${chosen("mode", "Which way", MODES)}
    ${chosen("early_stopping", "Stop early", YES)}
    ${number("patience", "Patience", "epochs without improvement")}
    ${number("min_delta", "Least improvement", "that counts for early stopping")}
    ${number("start_from_epoch", "Start from epoch", "earlier ones do not count")}
    ${chosen("restore_best_weights", "Restore the best weights then", YES)}
    ${number("target", "Stop at a target", "value of the metric; empty: none")}
    ${number("max_epochs", "Stop after epochs", "empty: never")}
  `;
}
