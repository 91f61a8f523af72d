/** The loss chart as a feature: its settings, zoom, the point that is read, and its files. */

import { saveAs } from "../ui/save_file.js";
import { pointsFor, replaced } from "./curves.js";
import { createReading } from "./reading.js";
import { csvFile, pngFile } from "./save_chart.js";
import { lossScene } from "./scene.js";
import { rememberChart, storedChart } from "./state.js";
import { createZoom } from "./zoom.js";

/** @import { EpochCurve, LossCurve } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */
/** @import { Recorded } from "./recorded.js" */
/** @import { ChartSettings, Reading, Zoom } from "./scene.js" */
/** @import { Ink } from "../ui/ink.js" */

/**
 * @typedef {object} ChartState
 * @property {LossCurve[]} curves
 * @property {Recorded | null} recorded  the loss of the recording that plays until Python is ready
 * @property {EpochCurve[]} epochs  what was measured at the end of epochs
 * @property {ChartSettings} settings  how losses are drawn
 * @property {Zoom | null} zoom        the part of the chart that is shown, if not all
 * @property {Reading | null} reading  the point that is read
 * @property {boolean} table           whether the losses are shown in a table too
 */

/** Settings that determine the meaning of the y axis. @type {(keyof ChartSettings)[]} */
const UPWARD = ["metric", "log", "outliers"];

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Attempt} outside.attempt
 * @param {Client["call"]} outside.call
 * @param {(id: string | null) => void} outside.hover
 */
export function createChart(store, { call, attempt, hover }) {
  const scene = () => lossScene(store.get());
  /** Curves being smoothed with the last chosen weight. @type {Promise<void> | null} */
  let smoothing = null;

  /** Python smooths, because it has every step. While an answer is pending, only the last chosen weight is requested next. */
  async function smooth() {
    for (let weight = Number.NaN; weight !== store.get().chart.settings.smoothing; ) {
      weight = store.get().chart.settings.smoothing;
      const asked = { max_points: pointsFor(store.get().runs.list.length), smoothing: weight };
      const { curves, epochs } = await call("overview", asked);
      store.set({ chart: { curves, epochs } });
    }
  }

  const { here, actions: reading } = createReading(store, { scene, hover });

  return {
    name: /** @type {const} */ ("chart"),
    /** @type {ChartState} */
    initial: {
      curves: [],
      recorded: null,
      epochs: [],
      settings: storedChart(),
      zoom: null,
      reading: null,
      table: false,
    },
    /** @param {Fresh} fresh @returns {Patch} */
    follow({ overview, isPartial }) {
      if (!isPartial) return { chart: { curves: overview.curves, epochs: overview.epochs } };
      const { curves, epochs } = store.get().chart;
      return { chart: { curves: replaced(curves, overview.curves), epochs: replaced(epochs, overview.epochs) } };
    },
    actions: {
      /** @param {Partial<ChartSettings>} changes */
      arrange(changes) {
        const {
          chart: { zoom, settings: before },
        } = store.get();
        const chart = { ...before, ...changes };
        // The zoom of another axis does not apply.
        const across = chart.x === before.x ? (zoom?.across ?? null) : null;
        const isSame = UPWARD.every((name) => chart[name] === before[name]);
        const up = isSame ? (zoom?.up ?? null) : null;
        store.set({ chart: { settings: chart, zoom: across || up ? { across, up } : null } });
        rememberChart(chart);
        if (chart.smoothing !== before.smoothing) {
          smoothing ??= attempt("The losses could not be smoothed", smooth).finally(() => {
            smoothing = null;
          });
        }
      },
      ...createZoom(store, { scene, here }),
      ...reading,
      /** @param {boolean} table  whether it is open */
      showTable: (table) => store.set({ chart: { table: table } }),
      /** Save the chart as a file. @param {"png" | "csv"} kind @param {Ink} ink */
      save: (kind, ink) =>
        attempt("The chart could not be saved", async () => {
          await smoothing;
          const name = `backprop-${store.get().chart.settings.metric}.${kind}`;
          saveAs(name, kind === "csv" ? csvFile(store.get()) : await pngFile(store.get(), ink));
          store.set({ page: { announcement: `${name} was saved.` } });
        }),
    },
  };
}
