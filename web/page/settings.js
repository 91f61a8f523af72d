/** Theme, palette and single keys as a feature; the browser remembers them. */

import { PALETTES } from "../color/palettes.js";
import { remember, remembered } from "../ui/preferences.js";

/** @import { Store } from "./store.js" */
/**
 * @typedef {object} SettingsState
 * @property {string} palette
 * @property {"system" | "light" | "dark"} theme
 * @property {boolean} shortcuts  whether single keys work
 */

const KEY = "settings";

/** @param {Store} store */
export function createSettings(store) {
  /** @param {Partial<SettingsState>} changes */
  function change(changes) {
    store.set({ settings: changes });
    const {
      settings: { palette, theme, shortcuts },
    } = store.get();
    remember(KEY, { palette, theme, shortcuts });
  }
  return {
    name: /** @type {const} */ ("settings"),
    /** @type {SettingsState} */
    initial: storedSettings(),
    actions: {
      /** @param {string} palette */
      setPalette: (palette) => change({ palette }),
      /** @param {SettingsState["theme"]} theme */
      setTheme: (theme) => change({ theme }),
      /** @param {boolean} shortcuts */
      setShortcuts: (shortcuts) => change({ shortcuts }),
    },
  };
}

/** Stored choices; invalid values fall back to defaults. @returns {SettingsState} */
export function storedSettings() {
  const stored = remembered(KEY);
  const palettes = Object.keys(PALETTES);
  return {
    palette: palettes.includes(stored.palette) ? stored.palette : palettes[0],
    theme: ["light", "dark"].includes(stored.theme) ? stored.theme : "system",
    shortcuts: stored.shortcuts !== false,
  };
}
