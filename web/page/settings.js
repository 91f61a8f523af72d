/** Theme, palette and single keys as a feature; the browser remembers them. */

import { PALETTES } from "../color/palettes.js";
import { remember, remembered } from "../ui/preferences.js";

/** @import { Theme } from "../color/palettes.js" */
/** @import { Store } from "./store.js" */
/**
 * @typedef {object} SettingsState
 * @property {string} palette
 * @property {"system" | Theme} theme
 * @property {Theme} shown  what "system" means now, or the chosen theme
 * @property {boolean} hatched  whether lines over negative cells show their sign
 * @property {boolean} shortcuts  whether single keys work
 */

const KEY = "settings";
/** The theme of the system. Tests without a browser know none. */
const darkness = globalThis.matchMedia?.("(prefers-color-scheme: dark)");

/** @param {SettingsState["theme"]} theme @returns {Theme} */
const shownOf = (theme) => (theme === "system" ? (darkness?.matches ? "dark" : "light") : theme);

/** @param {Store} store */
export function createSettings(store) {
  darkness?.addEventListener("change", () => {
    store.set({ settings: { shown: shownOf(store.get().settings.theme) } });
  });

  /** @param {Partial<SettingsState>} changes */
  function change(changes) {
    store.set({ settings: changes });
    const {
      settings: { palette, theme, hatched, shortcuts },
    } = store.get();
    remember(KEY, { palette, theme, hatched, shortcuts });
  }
  return {
    name: /** @type {const} */ ("settings"),
    /** @type {SettingsState} */
    initial: storedSettings(),
    actions: {
      /** @param {string} palette */
      setPalette: (palette) => change({ palette }),
      /** @param {boolean} hatched */
      setHatched: (hatched) => change({ hatched }),
      /** @param {SettingsState["theme"]} theme */
      setTheme: (theme) => change({ theme, shown: shownOf(theme) }),
      /** @param {boolean} shortcuts */
      setShortcuts: (shortcuts) => change({ shortcuts }),
    },
  };
}

/** Stored choices; invalid values fall back to defaults. @returns {SettingsState} */
export function storedSettings() {
  const stored = remembered(KEY);
  const palettes = Object.keys(PALETTES);
  /** @type {SettingsState["theme"]} */
  const theme = ["light", "dark"].includes(stored.theme) ? stored.theme : "system";
  return {
    palette: palettes.includes(stored.palette) ? stored.palette : palettes[0],
    theme,
    shown: shownOf(theme),
    hatched: stored.hatched === true,
    shortcuts: stored.shortcuts !== false,
  };
}
