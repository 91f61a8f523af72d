/** The numbers over the loss chart: step, epoch, loss and accuracy now, and the best epoch. */

import { question } from "../explain/cell_link.js";
import { reachedWords } from "../training/speed.js";
import { layersOf, percent } from "../ui/format.js";
import { count } from "../ui/number.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { epochText, lossText } from "./statistics_text.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** The cell of the batch loss. */
const LOSS = { tensor: "loss", row: 0, col: 0 };

/** @param {State} state @param {Actions} actions */
export function statistics(state, actions) {
  const {
    run,
    network: { net },
    training: { speed, reached, batchLoss, batchAccuracy },
  } = state;
  const loss = lossText(batchLoss);
  const linked = batchLoss === null ? loss : question(LOSS, layersOf(run), loss, actions);
  return html`
    <dl class="chart-statistics" translate="no">
      ${readout("Step", run ? count(run.step) : net ? count(net.step) : "–")} ${readout("Epoch", run ? epochText(run.epoch) : "–", undefined, "chart-epoch")}
      ${readout("Batch loss", linked)} ${readout("Accuracy", percent(batchAccuracy), "of the batch")}
      ${run ? heldOut(run) : readout("Held out", "–", undefined, "chart-held-out")} ${run ? best(state, run, actions) : nothing}
      ${keyed(run !== null, readout("Steps/s", reachedWords(speed, reached), "steps per second", "chart-rate"))}
    </dl>
  `;
}

/**
 * @param {string} term
 * @param {unknown} value
 * @param {string} [title]
 * @param {string} [name]  a class
 */
const readout = (term, value, title, name = "") => html`
  <div class="readout ${name}" title=${title ?? nothing}><dt>${term}</dt><dd>${value}</dd></div>
`;

/** @param {RunSummary} run */
function heldOut({ step, metrics, held_out_floor }) {
  if (!held_out_floor) return nothing;
  const [loss, accuracy] = [metrics?.held_out_loss ?? null, metrics?.held_out_accuracy ?? null];
  const isOld = metrics !== null && metrics.step !== step;
  const title = `samples that are never trained on${isOld ? `; measured at step ${count(metrics.step)}` : ""}`;
  const value = html`${lossText(loss)} <small>${accuracy === null ? nothing : percent(accuracy)}</small>`;
  return readout("Held out", value, title, isOld ? "chart-held-out chart-old" : "chart-held-out");
}

/** The best epoch, and a button that goes back to it. @param {State} state @param {RunSummary} run @param {Actions} actions */
function best(
  { page: { boot }, saving: { elsewhere } },
  { id, best_step, best_loss, best_value, config, stopped },
  actions,
) {
  if (best_step === null) return nothing;
  const { monitor } = config.stopping;
  const metric = monitor.replace("held_out", "held-out").replace("_", " ");
  const value = monitor.endsWith("accuracy") ? percent(best_value) : lossText(best_value);
  const words = stopped?.reason === "diverged" ? "Go back to the best weights" : "Restore best weights";
  const off = boot !== "ready" || elsewhere.includes(id);
  return html`
    <div class="readout chart-best" title="By ${metric}: ${value}">
      <dt>Best<span class="chart-best-step"> (step ${count(best_step)})</span></dt>
      <dd>
        <span class="chart-best-loss">${lossText(best_loss)}</span>
        <button
          type="button"
          class="chart-button"
          ?disabled=${off}
          aria-label=${words}
          title="${words}; resets the optimizer's state"
          @click=${() => actions.runs.restoreBest(id)}
        ><svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M3 3v4h4M3.5 7a5 5 0 1 1-.5 3" /></svg></button>
      </dd>
    </div>
  `;
}
