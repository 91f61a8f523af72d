/** All settings of the active run in a sheet: on a phone, and where the bar has no room for them. */

import { PALETTES } from "../color/palettes.js";
import { optimizerControls } from "../config/optimizer_fields.js";
import { choice } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { batchSize, learningRate, lossType } from "./fields_view.js";
import { SPEEDS, speedWords } from "./speed.js";
import { isElsewhere } from "./state.js";
import { stoppingControls } from "./stopping_view.js";
import { modes, phases, reset } from "./transport_view.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function allSettings(state, actions) {
  const place = { prefix: "sheet-", disabled: state.page.boot !== "ready" || isElsewhere(state) };
  return html`
    <div class="training-sheet">
      <div class="training-sheet-buttons">
        ${reset(state, actions)} ${phases(state, actions, "sheet-phases")} ${modes(state, actions, "sheet-")}
      </div>
      <div class="fields">${learningRate(state, actions, place)} ${batchSize(state, actions, place)} ${lossType(state, actions, place)} ${speed(state, actions)} ${palette(state, actions)}</div>
      ${
        state.run
          ? html`
            <h3>Optimizer</h3>
            <div class="fields">${optimizerControls(state, actions, place)}</div>
            <h3>Stop</h3>
            <div class="fields">${stoppingControls(state, actions, place)}</div>
          `
          : nothing
      }
    </div>
  `;
}

/** @param {State} state @param {Actions} actions */
const speed = ({ training }, actions) =>
  choice({
    name: "sheet-speed",
    label: "Speed",
    value: String(training.speed),
    options: Object.fromEntries(SPEEDS.map((each) => [String(each), speedWords(each)])),
    commit: (chosen) => actions.training.setSpeed(Number(chosen)),
  });

/** @param {State} state @param {Actions} actions */
const palette = ({ settings }, actions) =>
  choice({
    name: "palette",
    label: "Palette",
    value: settings.palette,
    options: Object.fromEntries(Object.entries(PALETTES).map(([name, { label }]) => [name, label])),
    commit: actions.settings.setPalette,
  });
