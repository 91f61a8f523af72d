/** The ends of the bar: theme and Help. */

import { opensMenu } from "../ui/menu_view.js";
import { html } from "../vendor/lit-html/lit-html.js";

/** @import { Actions } from "./actions.js" */
/** @import { SettingsState } from "./settings.js" */
/** @import { State } from "./store.js" */

/** @type {Record<SettingsState["theme"], string>} */
const THEMES = { system: "System", light: "Light", dark: "Dark" };

/** @param {State} state @param {Actions} actions */
export function settings({ settings: { theme } }, actions) {
  const names = /** @type {SettingsState["theme"][]} */ (Object.keys(THEMES));
  const items = () =>
    names.map((name) => ({
      label: THEMES[name],
      chosen: name === theme,
      act: () => actions.settings.setTheme(name),
    }));
  const label = `Theme: ${THEMES[theme].toLowerCase()}`;
  return html`
    <button type="button" class="icon" aria-label=${label} title=${label} ${opensMenu({ label: "Theme", items, align: "end" })}>
      <svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="6.2" /><path class="filled" d="M10 3.8a6.2 6.2 0 0 1 0 12.4z" /></svg>
    </button>
    <button type="button" class="icon" aria-label="Help" title="Help (key ?)" @click=${() => actions.page.showDialog("help")}>
      <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M7.2 7.6a2.8 2.8 0 1 1 4 2.5c-.8.4-1.2.9-1.2 1.9" /><circle class="filled" cx="10" cy="14.8" r=".9" /></svg>
    </button>
  `;
}
