/** When a run is to stop, and that it has: the same fields in the New run form and for a run that trains. */

import { stoppingDraft } from "../draft.js";
import { count } from "../draw/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { short } from "../words.js";
import { choice, text } from "./field.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

export const METRICS = {
  held_out_loss: "Held-out loss",
  held_out_accuracy: "Held-out accuracy",
  train_loss: "Mean loss of the epoch’s batches",
  train_accuracy: "Mean accuracy of the epoch’s batches",
};
const USUAL = { "auto-monitor": "Held-out loss (that of the batches without any)", ...METRICS };
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
    ${number("start_from_epoch", "Start from epoch", "earlier ones do not count for early stopping")}
    ${chosen("restore_best_weights", "Restore its best weights at a stop", YES)}
    ${number("target", "Stop at a target", "value of the metric; empty: none")}
    ${number("max_epochs", "Stop after epochs", "empty: never")}
  `;
}

/** Of the active run, folded away. @param {State} state @param {Actions} actions @param {boolean} disabled */
export function stoppingControls({ run, refusals, committing }, actions, disabled) {
  if (!run) return nothing;
  const { stopping } = run.config;
  /** @type {Record<string, string>} */
  const values = { ...stoppingDraft(stopping), "stopping.monitor": stopping.monitor };
  const rules = [
    stopping.early_stopping ? `early, patience ${count(stopping.patience)}` : "",
    stopping.target === null ? "" : "at a target",
    stopping.max_epochs === null ? "" : `after ${count(stopping.max_epochs)} epochs`,
  ].filter(Boolean);
  const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string | undefined} */ hint) => ({
    name: `run-${name}`,
    label,
    hint,
    disabled,
    value: committing[name] ?? values[name],
    refusal: name in committing ? null : refusals[name],
    commit: (/** @type {string} */ typed) => actions.set_stopping(name.replace("stopping.", ""), typed),
  });
  return html`
    <details class="folded">
      <summary>Stop: <b>${rules.join("; ") || "only when diverged"}</b></summary>
      <div class="fields">${stoppingFields(field, false)}</div>
    </details>
  `;
}

/** That the active run has stopped of itself, and why. @param {State} state @param {Actions} actions */
export function stopNotice({ run, boot, playing, elsewhere }, actions) {
  if (!run) return nothing;
  const { id, stopped, best_step } = run;
  const off = boot !== "ready" || elsewhere.includes(id);
  const diverged = stopped?.reason === "diverged";
  return html`
    <div role="status" class="stopped ${diverged ? "diverged" : ""}" data-stopped=${stopped?.reason ?? ""}>
      ${stopped && !playing ? html`<p class="stop-words">${stopped.sentence}</p>` : nothing}
      ${
        diverged && best_step === null
          ? html`<button type="button" ?disabled=${off} @click=${() => actions.restore_first(id)}>Go back to the first weights</button>`
          : nothing
      }
    </div>
  `;
}

/** The way back to the weights that were best. @param {State} state @param {Actions} actions */
export function restoreBest({ run, boot, elsewhere }, actions) {
  if (!run || run.best_step === null) return nothing;
  const { id, stopped, best_step, best_loss } = run;
  const off = boot !== "ready" || elsewhere.includes(id);
  const which = `★ of step ${count(best_step)}, loss ${short(best_loss)}`;
  return html`
    <button type="button" ?disabled=${off} title=${which} @click=${() => actions.restore_best(id)}>
      ${stopped?.reason === "diverged" ? "Go back to the best weights" : "Restore best weights"}
    </button>
  `;
}
