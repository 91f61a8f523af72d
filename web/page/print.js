/** Printing: the light theme and whole matrices, whatever the visitor has chosen. */

/** @import { SettingsState } from "./settings.js" */
/** @import { Store } from "./store.js" */

/** Drawings of the page until all of it is drawn, at most. */
const MAX_DRAWINGS = 100;

/**
 * @param {Store} store
 * @param {() => void} draw  some of the page; `data-drawn` is "false" until all is drawn but what pauses during Play
 */
export function watchPrinting(store, draw) {
  // Colours of the chart are read from the page when it is drawn.
  /** @param {SettingsState["theme"]} theme @param {SettingsState["shown"]} shown @param {boolean} printing */
  function show(theme, shown, printing) {
    document.documentElement.dataset.theme = theme;
    store.set({ network: { printing }, settings: { theme, shown }, chart: { curves: [...store.get().chart.curves] } });
  }
  let { theme, shown } = store.get().settings;
  addEventListener("beforeprint", () => {
    ({ theme, shown } = store.get().settings);
    show("light", "light", true);
    const { dataset } = document.documentElement;
    for (let count = 0; count < MAX_DRAWINGS && dataset.drawn === "false"; count++) draw();
  });
  addEventListener("afterprint", () => show(theme, shown, false));
}
