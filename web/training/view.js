/** The controls: mode, buttons, readouts and fields of the active run. */

import { PALETTES } from "../color/palettes.js";
import { LOSSES } from "../config/labels.js";
import { optimizerControls } from "../config/optimizer_fields.js";
import { question } from "../explain/cell_link.js";
import { gapWords, setsOf } from "../metrics/gap_text.js";
import { choice, fresh, text } from "../ui/fields.js";
import { epochs, layersOf, percent, positive, short } from "../ui/format.js";
import { count } from "../ui/number.js";
import { asTyped } from "../ui/typed.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { neighbour } from "./learning_rates.js";
import { reachedWords } from "./speed.js";
import { speedControl } from "./speed_view.js";
import { stopNotice, stoppingControls } from "./stopping_view.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** The cell of the batch loss. */
const LOSS = { tensor: "loss", row: 0, col: 0 };
/** @type {Record<import("../api.d.ts").Mode, string>} */
const MODES = { visualize: "Visualize only", train: "Train" };

/** @param {State} state @param {Actions} actions */
export function controls(state, actions) {
  return html`${activeRun(state)} ${modes(state, actions)} ${buttons(state, actions)} ${stopNotice(state, actions)} ${readouts(state, actions)} ${fields(state, actions)}`;
}

/** Name of the active run. @param {State} state */
const activeRun = ({ run }) =>
  run ? html`<p class="active-run">Active run: <bdi translate="no">${run.name}</bdi></p>` : nothing;

/** Whether another tab owns the active run, so that it is view-only. @param {State} state */
const isElsewhere = ({ run, saving: { elsewhere } }) => run !== null && elsewhere.includes(run.id);

/** @param {State} state */
function note(state) {
  if (isElsewhere(state)) return "This run is open in another tab, so it is view-only here.";
  return state.training.mode === "train"
    ? "Every batch updates the weights."
    : "Visualize only changes no weights, so Play is off.";
}

/** @param {State} state @param {Actions} actions */
function modes(state, actions) {
  const {
    training: { mode },
    page: { busy },
  } = state;
  const names = /** @type {import("../api.d.ts").Mode[]} */ (Object.keys(MODES));
  return html`
    <fieldset class="modes" role="radiogroup" aria-labelledby="mode">
      <legend id="mode">Mode</legend>
      ${names.map(
        (name) => html`
          <label>
            <input type="radio" name="mode" value=${name} .checked=${mode === name} @change=${() => actions.training.setMode(name)} />
            ${MODES[name]}
          </label>
        `,
      )}
    </fieldset>
    <p class="note" id="play-note">${busy ? html`<span class="busy">${fresh(busy)}</span>` : fresh(note(state))}</p>
  `;
}

/** @param {State} state @param {Actions} actions */
function buttons(state, actions) {
  const {
    page: { boot },
    training: { playing, mode },
    phases: { phasing },
  } = state;
  const off = boot !== "ready" || (mode === "train" && isElsewhere(state));
  return html`
    <div class="buttons">
      <button
        type="button"
        class="primary play"
        ?disabled=${off || mode === "visualize"}
        aria-describedby="play-note"
        @click=${actions.training.playOrPause}
      >${fresh(playing ? "Pause" : "Play")}</button>
      ${speedControl(state, actions)}
      <button type="button" ?disabled=${off} aria-describedby="play-note" @click=${actions.training.runSingle}>Run single step</button>
      <button type="button" ?disabled=${off} aria-describedby="play-note" @click=${actions.training.trainBatch}>Run batch</button>
      <button type="button" ?disabled=${off} aria-describedby="play-note" @click=${actions.training.trainEpoch}>Run full epoch</button>
      <button
        type="button"
        class="wide"
        ?disabled=${boot !== "ready"}
        aria-pressed=${phasing ? "true" : "false"}
        data-focus="phases"
        @click=${actions.phases.startOrLeave}
      >Phase by phase</button>
    </div>
  `;
}

/** @param {State} state @param {Actions} actions */
function readouts({ run, training: { speed, reached, batchLoss, batchAccuracy } }, actions) {
  const loss = short(batchLoss);
  return html`
    <dl class="readouts">
      ${readout("Step", run ? count(run.step) : "–")} ${readout("Epoch", run ? epochs(run.epoch) : "–")}
      ${readout("Steps per second", reachedWords(speed, reached))}
      ${readout("Batch loss", batchLoss === null ? loss : question(LOSS, layersOf(run), loss, actions))} ${readout("Batch accuracy", percent(batchAccuracy))}
      ${readout("Last epoch", run?.epoch_ms === null || !run ? "–" : `${positive(run.epoch_ms, 1)} ms`)}
    </dl>
    ${run ? measured(run) : nothing}
  `;
}

/**
 * @param {string} term
 * @param {unknown} value
 * @param {string} [note]
 */
function readout(term, value, note) {
  return html`
    <div class=${note === undefined ? "readout" : "readout wide"}>
      <dt>${term}</dt>
      <dd translate="no">${value}${note ? html` <small>${note}</small>` : nothing}</dd>
    </div>
  `;
}

/**
 * Loss and accuracy of both sets of samples, with the best possible values.
 * @param {RunSummary} run
 */
function measured(run) {
  const { metrics } = run;
  const rows = setsOf(run);
  return html`
    <table class="measured">
      <caption class="vh">Measured over whole sets of samples</caption>
      <thead>
        <tr><th scope="col">Set</th><th scope="col">Loss</th><th scope="col">Perplexity</th><th scope="col">Accuracy</th></tr>
      </thead>
      <tbody translate="no">
        ${rows.map(
          ({ name, loss, perplexity, accuracy, best }) => html`
            <tr>
              <th scope="row">${name}</th>
              <td data-metric="loss">${short(loss)}</td>
              <td data-metric="perplexity">${perplexity === null ? "–" : short(perplexity)}</td>
              <td data-metric="accuracy">${percent(accuracy)} <small>of ${percent(best)}</small></td>
            </tr>
          `,
        )}
      </tbody>
    </table>
    <p class="gap" translate="no">${metrics ? `After step ${count(metrics.step)}. ` : ""}${gapWords(rows)} Batch loss and accuracy are those before the update.</p>
  `;
}

/** @param {State} state @param {Actions} actions */
function fields(state, actions) {
  const {
    run,
    training: { refusals, committing },
    settings: { palette },
    page: { boot },
  } = state;
  const trainer = run?.config.trainer;
  const disabled = boot !== "ready" || isElsewhere(state);
  const palettes = Object.fromEntries(Object.entries(PALETTES).map(([name, { label }]) => [name, label]));
  return html`
    <div class="fields">
      ${text({
        name: "learning_rate",
        label: "Learning rate",
        value: committing.learning_rate ?? (trainer ? String(trainer.learning_rate) : ""),
        refusal: "learning_rate" in committing ? null : refusals.learning_rate,
        hint: "arrow keys step 0.1 → 0.3 → 1",
        setting: "learning_rate",
        disabled,
        commit: actions.training.setLearningRate,
        onKey: (event) => climb(event, actions.training.setLearningRate),
      })}
      ${text({
        name: "batch_size",
        label: "Batch size",
        value: committing.batch_size ?? (trainer ? String(trainer.batch_size) : ""),
        refusal: "batch_size" in committing ? null : refusals.batch_size,
        hint: run ? `of ${count(run.num_train)} training samples` : "",
        setting: "batch_size",
        disabled,
        commit: actions.training.setBatchSize,
      })}
      ${choice({
        name: "loss_type",
        label: "Loss",
        value: committing.loss_type ?? trainer?.loss_type ?? "cross_entropy",
        refusal: refusals.loss_type,
        options: LOSSES,
        disabled,
        commit: actions.training.setLossType,
      })}
      ${choice({ name: "palette", label: "Palette", value: palette, options: palettes, commit: actions.settings.setPalette })}
    </div>
    <div class="more">${optimizerControls(state, actions, disabled)} ${stoppingControls(state, actions, disabled)}</div>
  `;
}

/** Arrow keys step along 1, 3, 10. @param {KeyboardEvent} event @param {(text: string) => unknown} commit */
function climb(event, commit) {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const input = /** @type {HTMLInputElement} */ (event.target);
  const next = neighbour(Number(asTyped(input.value, "learning_rate")), event.key === "ArrowUp" ? 1 : -1);
  if (next === null) return;
  event.preventDefault();
  input.value = next;
  commit(next);
}
