/** How the page looks and listens; remembered by the browser where it allows that. */

/** @typedef {import("./store.js").Store} Store */
/** @typedef {Pick<import("./store.js").State, "palette" | "theme" | "shortcuts">} Settings */

const KEY = "backprop.settings";

/** @param {Store} store */
export function createSettings(store) {
  /** @param {Partial<Settings>} changes */
  function change(changes) {
    store.set(changes);
    const { palette, theme, shortcuts } = store.get();
    try {
      localStorage.setItem(KEY, JSON.stringify({ palette, theme, shortcuts }));
    } catch {
      // Storage can be forbidden or full: then the choice lasts as long as the page.
    }
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
  const stored = read();
  return {
    palette: palettes.includes(stored.palette) ? stored.palette : palettes[0],
    theme: ["light", "dark"].includes(stored.theme) ? stored.theme : "system",
    shortcuts: stored.shortcuts !== false,
  };
}

/** @returns {Record<string, any>} */
function read() {
  try {
    return Object(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return {};
  }
}
