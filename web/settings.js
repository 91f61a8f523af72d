/** How the page looks and listens; remembered by the browser where it allows that. */

import { remember, remembered } from "./remembered.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {Pick<import("./store.js").State, "palette" | "theme" | "shortcuts">} Settings */

const KEY = "settings";

/** @param {Store} store */
export function createSettings(store) {
  /** @param {Partial<Settings>} changes */
  function change(changes) {
    store.set(changes);
    const { palette, theme, shortcuts } = store.get();
    remember(KEY, { palette, theme, shortcuts });
  }
  return {
    /** @param {string} palette */
    set_palette: (palette) => change({ palette }),
    /** @param {Settings["theme"]} theme */
    set_theme: (theme) => change({ theme }),
    /** @param {boolean} shortcuts */
    set_shortcuts: (shortcuts) => change({ shortcuts }),
  };
}

/**
 * What was chosen last time, as far as it still means something.
 * @param {string[]} palettes  their names, the default first
 * @returns {Settings}
 */
export function storedSettings(palettes) {
  const stored = remembered(KEY);
  return {
    palette: palettes.includes(stored.palette) ? stored.palette : palettes[0],
    theme: ["light", "dark"].includes(stored.theme) ? stored.theme : "system",
    shortcuts: stored.shortcuts !== false,
  };
}
