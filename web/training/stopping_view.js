/** Fields for the end of training, and the notice of a stop. */

import { excludedMetrics } from "../config/combinations.js";
import { stoppingDraft } from "../config/form.js";
import { stoppingFields } from "../config/stopping_fields.js";
import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { RunSummary, SettingWords } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/**
 * Fields of the active run.
 * @param {State} state
 * @param {Actions} actions
 * @param {{prefix: string, disabled: boolean}} place
 */
export function stoppingControls({ run, training: { refusals, committing } }, actions, { prefix, disabled }) {
  if (!run) return nothing;
  const { stopping } = run.config;
  /** @type {Record<string, string>} */
  const values = { ...stoppingDraft(stopping), "stopping.monitor": stopping.monitor };
  const field = (/** @type {SettingWords} */ setting) => {
    const name = `stopping.${setting.name}`;
    return {
      name: `${prefix}run-${name}`,
      label: setting.label,
      hint: setting.hint,
      disabled,
      excluded: setting.name === "monitor" ? excludedMetrics(run.num_train < run.config.dataset.num_samples) : {},
      value: committing[name] ?? values[name],
      refusal: name in committing ? null : refusals[name],
      commit: (/** @type {string} */ typed) => actions.training.setStopping(setting, typed),
    };
  };
  return stoppingFields(field, false);
}

/** "early, patience 5; after 20 epochs" @param {RunSummary} run */
export function stoppingWords({ config: { stopping } }) {
  const { early_stopping, patience, target, max_epochs } = stopping;
  const rules = [
    early_stopping ? `early, patience ${count(patience)}` : "",
    target === null ? "" : "at a target",
    max_epochs === null ? "" : `after ${count(max_epochs)} ${max_epochs === 1 ? "epoch" : "epochs"}`,
  ];
  return rules.filter(Boolean).join("; ") || "only if diverged";
}

/** Notice of an automatic stop, with its reason. @param {State} state @param {Actions} actions */
export function stopNotice({ run, page: { boot }, training: { playing }, saving: { elsewhere } }, actions) {
  if (!run) return nothing;
  const { id, stopped, best_step } = run;
  const off = boot !== "ready" || elsewhere.includes(id);
  const diverged = stopped?.reason === "diverged";
  const initial = html`
    <button type="button" ?disabled=${off} @click=${() => actions.runs.restoreFirst(id)}>Go back to the initial weights</button>
  `;
  if (!stopped || playing) return nothing;
  return html`
    <div class="banner ${diverged ? "failure" : ""}" data-stopped=${stopped.reason}>
      <p translate="no">${stopped.sentence}</p>
      ${diverged && best_step === null ? initial : nothing}
    </div>
  `;
}
