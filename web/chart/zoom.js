/** The part of the loss chart that is shown, as actions. */

import { scaled } from "./range.js";

/** @import { Store } from "../page/store.js" */
/** @import { createReading } from "./reading.js" */
/** @import { lossScene, Zoom } from "./scene.js" */

/**
 * @param {Store} store
 * @param {object} chart
 * @param {() => ReturnType<typeof lossScene>} chart.scene
 * @param {ReturnType<typeof createReading>["here"]} chart.here
 */
export function createZoom(store, { scene, here }) {
  return {
    /** @param {Zoom | null} zoom  what of it is null stays as it is; null alone shows all */
    zoom(zoom) {
      const before = store.get().chart.zoom;
      const { across, up } = { ...zoom };
      store.set({
        chart: { zoom: zoom && { across: across ?? before?.across ?? null, up: up ?? before?.up ?? null } },
      });
    },
    /** Zoom around the current point, or the middle. @param {number} factor  below 1 to come closer */
    zoomAround(factor) {
      const { across } = scene().drawing;
      const now = here();
      const middle = now && now.index !== null ? now.line.x[now.index] : (across[0] + across[1]) / 2;
      store.set({
        chart: { zoom: { across: scaled(across, middle, factor), up: store.get().chart.zoom?.up ?? null } },
      });
    },
  };
}
