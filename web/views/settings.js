/** What concerns the page and not the training: its theme, and help. */

import { html } from "../vendor/lit-html/lit-html.js";
import { choice } from "./field.js";

const THEMES = { system: "System", light: "Light", dark: "Dark" };

/** @param {import("../store.js").State} state @param {import("../actions.js").Actions} actions */
export function settings({ theme }, actions) {
  return html`
    ${choice({ name: "theme", label: "Theme", value: theme, options: THEMES, commit: (chosen) => actions.set_theme(/** @type {any} */ (chosen)) })}
    <button type="button" @click=${() => actions.show_dialog("help")}>Help</button>
  `;
}
