/** The speed of Play: a button with a menu, and the hint at a visitor's first Play. */

import { fresh } from "../ui/fields.js";
import { opensMenu } from "../ui/menu_view.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { SPEEDS, speedLabel, speedWords } from "./speed.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** "As fast as possible" @param {string} words */
const capitalized = (words) => words[0].toUpperCase() + words.slice(1);

/** @param {State} state @param {Actions} actions */
export function speedControl({ training: { speed, speedHint, playing } }, actions) {
  const label = speedLabel(speed);
  const name = `Speed: ${label}, ${speedWords(speed)}`; // what is seen is part of the name
  const items = () =>
    SPEEDS.map((each) => ({
      label: capitalized(speedWords(each)),
      chosen: each === speed,
      act: () => actions.training.setSpeed(each),
    }));
  return html`
    <div class="training-speed">
      <button
        type="button"
        class="training-speed-button"
        aria-label=${name}
        title="${name} (keys [ and ])"
        data-focus="speed"
        ${opensMenu({ label: "Speed", items })}
      ><span aria-hidden="true" translate="no">${label}</span><svg viewBox="0 0 12 12" aria-hidden="true"><path d="M3 4.5 6 7.5 9 4.5" /></svg></button>
      ${speedHint && playing ? hint(speed, actions) : nothing}
    </div>
  `;
}

/** @param {number} speed @param {Actions} actions */
const hint = (speed, actions) => html`
  <div class="training-hint">
    <p>${fresh(`Playing at ${speedWords(speed)}. To go faster, choose another speed here, or press ].`)}</p>
    <button type="button" aria-label="Close the hint" @click=${actions.training.dismissSpeedHint}>✕</button>
  </div>
`;
