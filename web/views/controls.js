/** How the active run is trained, and where it stands. */

import { PALETTES } from "../draw/color.js";
import { count } from "../draw/number.js";
import { gapWords, setsOf } from "../measured.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { epochs, layersOf, percent, short } from "../words.js";
import { choice, text } from "./field.js";
import { neighbour } from "./ladder.js";
import { question } from "./operand.js";
import { optimizerControls } from "./optimizer.js";
import { restoreBest, stopNotice, stoppingControls } from "./stopping.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

/** The cell that is the loss of the batch. */
const LOSS = { tensor: "loss", row: 0, col: 0 };
export const LOSSES = { cross_entropy: "Cross-entropy", mse: "MSE" };
/** @type {Record<import("../api.d.ts").Mode, string>} */
const MODES = { visualize: "Visualize only", train: "Train" };

/** @param {State} state @param {Actions} actions */
export function controls(state, actions) {
  return html`${modes(state, actions)} ${buttons(state, actions)} ${stopNotice(state, actions)} ${readouts(state, actions)} ${fields(state, actions)}`;
}

/** Whether another tab trains the active run, so that it can only be looked at. @param {State} state */
const isElsewhere = ({ run, elsewhere }) => run !== null && elsewhere.includes(run.id);

/** @param {State} state */
function note(state) {
  if (isElsewhere(state))
    return "Another tab trains and saves this run. Here it can be looked at, until you choose “Take over here”.";
  return state.mode === "train"
    ? "Every batch updates the weights."
    : "No weight changes, so there is nothing to play.";
}

/** @param {State} state @param {Actions} actions */
function modes(state, actions) {
  const { mode, busy } = state;
  const names = /** @type {import("../api.d.ts").Mode[]} */ (Object.keys(MODES));
  return html`
    <fieldset class="modes" role="radiogroup" aria-labelledby="mode">
      <legend id="mode">Mode</legend>
      ${names.map(
        (name) => html`
          <label>
            <input type="radio" name="mode" value=${name} .checked=${mode === name} @change=${() => actions.set_mode(name)} />
            ${MODES[name]}
          </label>
        `,
      )}
    </fieldset>
    <p class="note" id="play-note">${busy ? html`<span class="busy">${busy}</span>` : note(state)}</p>
  `;
}

/** @param {State} state @param {Actions} actions */
function buttons(state, actions) {
  const { boot, playing, mode, phasing } = state;
  const off = boot !== "ready" || (mode === "train" && isElsewhere(state));
  return html`
    <div class="buttons">
      <button
        type="button"
        class="primary play"
        ?disabled=${off || mode === "visualize"}
        aria-describedby="play-note"
        @click=${playing ? actions.pause : actions.play}
      >${playing ? "Pause" : "Play"}</button>
      <button type="button" ?disabled=${off} aria-describedby="play-note" @click=${actions.run_single}>Run single step</button>
      <button type="button" ?disabled=${off} aria-describedby="play-note" @click=${actions.train_batch}>Run batch</button>
      <button type="button" ?disabled=${off} aria-describedby="play-note" @click=${actions.train_epoch}>Run full epoch</button>
      <button
        type="button"
        class=${state.run?.best_step == null ? "wide" : ""}
        ?disabled=${boot !== "ready"}
        aria-pressed=${phasing ? "true" : "false"}
        data-focus="phases"
        @click=${() => (phasing ? actions.leave_phases(false) : actions.start_phases())}
      >Phase by phase</button>
      ${restoreBest(state, actions)}
    </div>
  `;
}

/** @param {State} state @param {Actions} actions */
function readouts({ run, speed, batch_loss, batch_accuracy }, actions) {
  const loss = short(batch_loss);
  return html`
    <dl class="readouts">
      ${readout("Step", run ? count(run.step) : "–")} ${readout("Epoch", run ? epochs(run.epoch) : "–")}
      ${readout("Steps per second", speed ? count(Math.round(speed)) : "–")}
      ${readout("Batch loss", batch_loss === null ? loss : question(LOSS, layersOf(run), loss, actions))} ${readout("Batch accuracy", percent(batch_accuracy))}
      ${readout("Last epoch", run?.epoch_ms === null || !run ? "–" : `${run.epoch_ms.toFixed(1)} ms`)}
    </dl>
    ${run ? measured(run) : nothing}
  `;
}

/** @param {string} term @param {unknown} value @param {string} [note] */
function readout(term, value, note) {
  return html`
    <div class=${note === undefined ? "readout" : "readout wide"}>
      <dt>${term}</dt>
      <dd>${value}${note ? html` <small>${note}</small>` : nothing}</dd>
    </div>
  `;
}

/**
 * Loss and accuracy of both sets of samples, and how far they are from the best possible.
 * @param {import("../api.d.ts").RunSummary} run
 */
function measured(run) {
  const { metrics } = run;
  const rows = setsOf(run);
  return html`
    <table class="measured">
      <caption class="sr-only">Measured over whole sets of samples</caption>
      <thead>
        <tr><th scope="col">Set</th><th scope="col">Loss</th><th scope="col">Perplexity</th><th scope="col">Accuracy</th></tr>
      </thead>
      <tbody>
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
    <p class="gap">${metrics ? `At step ${count(metrics.step)}. ` : ""}${gapWords(rows)}</p>
  `;
}

/** @param {State} state @param {Actions} actions */
function fields(state, actions) {
  const { run, refusals, committing, palette, boot } = state;
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
        hint: "↑ and ↓: 0.1, 0.3, 1 …",
        numeric: true,
        disabled,
        commit: actions.set_learning_rate,
        onKey: (event) => climb(event, actions.set_learning_rate),
      })}
      ${text({
        name: "batch_size",
        label: "Batch size",
        value: committing.batch_size ?? (trainer ? String(trainer.batch_size) : ""),
        refusal: "batch_size" in committing ? null : refusals.batch_size,
        hint: run ? `of ${count(run.num_train)} training samples` : "",
        numeric: true,
        disabled,
        commit: actions.set_batch_size,
      })}
      ${choice({
        name: "loss_type",
        label: "Loss",
        value: committing.loss_type ?? trainer?.loss_type ?? "cross_entropy",
        refusal: refusals.loss_type,
        options: LOSSES,
        disabled,
        commit: actions.set_loss_type,
      })}
      ${choice({ name: "palette", label: "Palette", value: palette, options: palettes, commit: actions.set_palette })}
    </div>
    <div class="more">${optimizerControls(state, actions, disabled)} ${stoppingControls(state, actions, disabled)}</div>
  `;
}

/** Arrow keys go to the next rung of the 1-3-10 ladder. @param {KeyboardEvent} event @param {(text: string) => unknown} commit */
function climb(event, commit) {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const input = /** @type {HTMLInputElement} */ (event.target);
  const next = neighbour(Number(input.value), event.key === "ArrowUp" ? 1 : -1);
  if (next === null) return;
  event.preventDefault();
  input.value = next;
  commit(next);
}
