/** Fields for the end of training, and the notice of a stop. */

import { excludedMetrics } from "../config/combinations.js";
import { stoppingDraft } from "../config/form.js";
import { stoppingFields } from "../config/stopping_fields.js";
import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/**
 * Collapsed fields of the active run.
 * @param {State} state
 * @param {Actions} actions
 * @param {boolean} disabled
 */
export function stoppingControls({ run, training: { refusals, committing } }, actions, disabled) {
  if (!run) return nothing;
  const { stopping } = run.config;
  /** @type {Record<string, string>} */
  const values = { ...stoppingDraft(stopping), "stopping.monitor": stopping.monitor };
  const rules = [
    stopping.early_stopping ? `early, patience ${count(stopping.patience)}` : "",
    stopping.target === null ? "" : "at a target",
    stopping.max_epochs === null
      ? ""
      : `after ${count(stopping.max_epochs)} ${stopping.max_epochs === 1 ? "epoch" : "epochs"}`,
  ].filter(Boolean);
  const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string | undefined} */ hint) => ({
    name: `run-${name}`,
    label,
    hint,
    disabled,
    excluded: name === "stopping.monitor" ? excludedMetrics(run.num_train < run.config.dataset.num_samples) : {},
    value: committing[name] ?? values[name],
    refusal: name in committing ? null : refusals[name],
    commit: (/** @type {string} */ typed) => actions.training.setStopping(name.replace("stopping.", ""), typed),
  });
  return html`
    <details class="folded">
      <summary>Stops: <b translate="no">${rules.join("; ") || "only if it diverges"}</b></summary>
      <div class="fields">${stoppingFields(field, false)}</div>
    </details>
  `;
}

/** Notice of an automatic stop, with its reason. @param {State} state @param {Actions} actions */
export function stopNotice({ run, page: { boot }, training: { playing }, saving: { elsewhere } }, actions) {
  if (!run) return nothing;
  const { id, stopped, best_step } = run;
  const off = boot !== "ready" || elsewhere.includes(id);
  const diverged = stopped?.reason === "diverged";
  return html`
    <div role="status" class="stopped ${diverged ? "diverged" : ""}" data-stopped=${stopped?.reason ?? ""}>
      ${stopped && !playing ? html`<p class="stop-words" translate="no">${stopped.sentence}</p>` : nothing}
      ${
        diverged && best_step === null
          ? html`<button type="button" ?disabled=${off} @click=${() => actions.runs.restoreFirst(id)}>Go back to the initial weights</button>`
          : nothing
      }
    </div>
  `;
}
