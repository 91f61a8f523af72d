/** The panels as a feature: choose, collapse, move and resize; the browser remembers all of it. */

import { remember, remembered } from "../ui/preferences.js";
import { SWEEP, shown, TABS } from "./state.js";

/** @import { Store } from "../page/store.js" */
/** @import { PanelsState, Tab } from "./state.js" */

const KEY = "panels";

/** @param {Store} store */
export function createPanels(store) {
  const current = () => store.get().panels;
  const change = (/** @type {Partial<PanelsState>} */ changes) => store.set({ panels: changes });
  let kept = JSON.stringify(initialPanels());
  store.subscribe(({ panels }) => {
    const now = JSON.stringify(panels);
    if (now !== kept) remember(KEY, { ...panels });
    kept = now;
  });

  return {
    name: /** @type {const} */ ("panels"),
    initial: initialPanels(),
    actions: {
      /** @param {Tab} tab */
      show: (tab) => store.set(shown(tab)),
      toggle: () => change({ collapsed: !current().collapsed }),
      /** @param {PanelsState["side"]} side */
      setSide: (side) => change({ side, collapsed: false }),
      /** @param {number | null} height  null: automatic */
      setHeight: (height) => change({ height, collapsed: false }),
    },
  };
}

/** Stored choices; invalid values fall back to defaults. A low, wide window begins without panels. @returns {PanelsState} */
export function initialPanels() {
  const { tab, collapsed, side, height } = remembered(KEY);
  const isLow = globalThis.innerHeight <= 560 && globalThis.innerWidth > 900;
  return {
    tab: [...TABS, SWEEP].find(({ id }) => id === tab)?.id ?? "explain",
    collapsed: typeof collapsed === "boolean" ? collapsed : isLow,
    side: side === "right" ? "right" : "bottom",
    height: Number.isFinite(height) ? height : null,
  };
}
