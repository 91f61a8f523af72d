/** The loss chart as a feature: its settings, zoom, the point that is read, and its files. */

import { saveAs } from "../ui/save_file.js";
import { pointsFor, replaced } from "./curves.js";
import { pointAt } from "./line.js";
import { scaled } from "./range.js";
import { csvFile, pngFile } from "./save_chart.js";
import { lossScene } from "./scene.js";
import { rememberChart, storedChart } from "./state.js";
import { pointOf, spokenPoint } from "./text.js";

/** @import { EpochCurve, LossCurve } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */
/** @import { ChartSettings, Reading, Zoom } from "./scene.js" */
/** @import { Ink } from "../ui/ink.js" */

/**
 * @typedef {object} ChartState
 * @property {LossCurve[]} curves
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

  /** @param {Reading | null} reading */
  function read(reading) {
    const {
      chart: { reading: before },
    } = store.get();
    if (before?.id !== reading?.id || before?.step !== reading?.step) store.set({ chart: { reading } });
    hover(reading?.id ?? null);
  }

  /** Read a point and say it. @param {string} id @param {number} step */
  function say(id, step) {
    read({ id, step });
    const point = pointOf(scene(), { id, step });
    if (point) store.set({ page: { announcement: spokenPoint(point) } });
  }

  /** The current line and point, by default those of the active run. */
  function here() {
    const { lines } = scene().drawing;
    const {
      chart: { reading },
      run,
    } = store.get();
    const find = (/** @type {string | undefined} */ id) => lines.find(({ curve }) => curve.id === id);
    const read = find(reading?.id);
    const line = read ?? find(run?.id) ?? lines[0];
    if (!line) return null;
    const { step } = line.curve;
    return { lines, line, index: read && reading ? pointAt(line.curve, reading.step) : null, last: step.length - 1 };
  }

  return {
    name: /** @type {const} */ ("chart"),
    /** @type {ChartState} */
    initial: { curves: [], epochs: [], settings: storedChart(), zoom: null, reading: null, table: false },
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
      /** Select the point under the pointer. @param {Reading | null} reading */
      point: read,
      /** Move along a line, starting at its newest point. @param {number} by  points; infinite for its ends */
      walk(by) {
        const now = here();
        if (!now) return;
        const { line, index, last } = now;
        const from = index ?? (by < 0 ? last + 1 : last);
        say(line.curve.id, line.curve.step[Math.max(0, Math.min(last, from + by))]);
      },
      /** Move to another run, at the same step or its last one. @param {1 | -1} by */
      changeLine(by) {
        const now = here();
        if (!now) return;
        const { lines, line, index, last } = now;
        const next = lines[(lines.indexOf(line) + by + lines.length) % lines.length];
        say(next.curve.id, next.curve.step[pointAt(next.curve, line.curve.step[index ?? last])]);
      },
      leave: () => read(null),
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
