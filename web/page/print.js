/** Printing: the light theme while the page is printed, whatever the visitor has chosen. */

/** @import { Store } from "./store.js" */

/** Drawings of the page until all of it is drawn, at most. */
const MAX_DRAWINGS = 100;

/**
 * @param {Store} store
 * @param {() => void} draw  some of the page; `data-drawn` says when all is drawn
 */
export function watchPrinting(store, draw) {
  let { theme, shown } = store.get().settings;
  addEventListener("beforeprint", () => {
    ({ theme, shown } = store.get().settings);
    store.set({ settings: { theme: "light", shown: "light" } });
    const { dataset } = document.documentElement;
    for (let count = 0; count < MAX_DRAWINGS && dataset.drawn !== "true"; count++) draw();
  });
  addEventListener("afterprint", () => store.set({ settings: { theme, shown } }));
}
