/** The choice of theme, and the Help button. */

import { choice } from "../ui/fields.js";
import { html } from "../vendor/lit-html/lit-html.js";

/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

const THEMES = { system: "System", light: "Light", dark: "Dark" };

/** @param {State} state @param {Actions} actions */
export function settings({ settings: { theme } }, actions) {
  return html`
    ${choice({ name: "theme", label: "Theme", value: theme, options: THEMES, commit: (chosen) => actions.settings.setTheme(/** @type {any} */ (chosen)) })}
    <button type="button" @click=${() => actions.page.showDialog("help")}>Help</button>
  `;
}
