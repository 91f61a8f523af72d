/** The loss chart in the reader's hands: how it is drawn, what part of it, which point is read, and files of it. */

import { nearest, pointAt } from "./draw/loss_line.js";
import { scaled } from "./draw/loss_range.js";
import { lossFile } from "./loss_file.js";
import { lossScene } from "./loss_scene.js";
import { pointOf, spokenPoint } from "./loss_words.js";
import { remember, remembered } from "./remembered.js";
import { saveAs } from "./save_as.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./loss_scene.js").ChartSettings} ChartSettings */
/** @typedef {import("./loss_scene.js").Zoom} Zoom */

const KEY = "loss_chart";
/** @type {ChartSettings} */
const USUAL = { metric: "loss", x: "step", log: false, smoothing: 0.6, outliers: false, large: false, held_out: true };
/** What decides what the axis upward means. @type {(keyof ChartSettings)[]} */
const UPWARD = ["metric", "log", "outliers"];
/** Smoothing by more than this shows nothing of what is new. */
export const SMOOTHEST = 0.99;
/** A pointer that is farther away points at no point. Pixels. */
const REACH = 48;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {(title: string, deed: () => Promise<unknown>) => Promise<void>} outside.attempt
 * @param {(id: string | null) => void} outside.hover_run
 */
export function createCharting(store, { attempt, hover_run }) {
  const scene = () => lossScene(store.get());

  /** @param {import("./loss_scene.js").Reading | null} reading */
  function read(reading) {
    const { reading: before } = store.get();
    if (before?.id !== reading?.id || before?.step !== reading?.step) store.set({ reading });
    hover_run(reading?.id ?? null);
  }

  /** Read a point and say it. @param {string} id @param {number} step */
  function say(id, step) {
    read({ id, step });
    const point = pointOf(scene(), { id, step });
    if (point) store.set({ said: spokenPoint(point) });
  }

  /** The line and the point that are read, or would be first: the active run's. */
  function here() {
    const { lines } = scene().drawing;
    const { reading, run } = store.get();
    const find = (/** @type {string | undefined} */ id) => lines.find(({ curve }) => curve.id === id);
    const read = find(reading?.id);
    const line = read ?? find(run?.id) ?? lines[0];
    if (!line) return null;
    const { step } = line.curve;
    return { lines, line, index: read && reading ? pointAt(line.curve, reading.step) : null, last: step.length - 1 };
  }

  return {
    /** @param {Partial<ChartSettings>} changes */
    arrange_chart(changes) {
      const { zoom, chart: before } = store.get();
      const chart = { ...before, ...changes };
      // Of another axis the old part says nothing.
      const across = chart.x === before.x ? (zoom?.across ?? null) : null;
      const isSame = UPWARD.every((name) => chart[name] === before[name]);
      const up = isSame ? (zoom?.up ?? null) : null;
      store.set({ chart, zoom: across || up ? { across, up } : null });
      remember(KEY, chart);
    },
    /** @param {Zoom | null} zoom  what of it is null stays as it is; null alone shows all */
    zoom_chart(zoom) {
      const before = store.get().zoom;
      const { across, up } = { ...zoom };
      store.set({ zoom: zoom && { across: across ?? before?.across ?? null, up: up ?? before?.up ?? null } });
    },
    /** About the point that is read, or the middle. @param {number} factor  below 1 to come closer */
    zoom_around(factor) {
      const { across } = scene().drawing;
      const now = here();
      const middle = now && now.index !== null ? now.line.x[now.index] : (across[0] + across[1]) / 2;
      store.set({ zoom: { across: scaled(across, middle, factor), up: store.get().zoom?.up ?? null } });
    },
    /** Read the point nearest to the pointer, if one is near. @param {{x: number, y: number} | null} at @param {import("./draw/chart.js").Place} [place] */
    point_at_chart: (at, place) => read(at && place ? nearest(scene().drawing.lines, place, at, REACH) : null),
    /** Along a line, at first to its newest point. @param {number} by  points; infinite for its ends */
    walk_chart(by) {
      const now = here();
      if (!now) return;
      const { line, index, last } = now;
      const from = index ?? (by < 0 ? last + 1 : last);
      say(line.curve.id, line.curve.step[Math.max(0, Math.min(last, from + by))]);
    },
    /** To another run, at the same step as far as it has come. @param {1 | -1} by */
    change_line(by) {
      const now = here();
      if (!now) return;
      const { lines, line, index, last } = now;
      const next = lines[(lines.indexOf(line) + by + lines.length) % lines.length];
      say(next.curve.id, next.curve.step[pointAt(next.curve, line.curve.step[index ?? last])]);
    },
    leave_chart: () => read(null),
    /** @param {boolean} loss_table  whether it is open */
    show_loss_table: (loss_table) => store.set({ loss_table }),
    /** What is drawn, as a file. @param {"png" | "svg" | "csv"} kind @param {import("./draw/chart.js").Ink} ink */
    save_chart: (kind, ink) =>
      attempt("The chart could not be saved", async () => {
        const name = `backprop-${store.get().chart.metric}.${kind}`;
        saveAs(name, await lossFile(kind, store.get(), ink));
        store.set({ said: `${name} was saved.` });
      }),
  };
}

/** The settings of last time, as far as they still mean something. @returns {ChartSettings} */
export function storedChart() {
  const { metric, x, log, smoothing, outliers, large, held_out } = remembered(KEY);
  return {
    metric: metric === "accuracy" ? metric : USUAL.metric,
    x: x === "epoch" || x === "time" ? x : USUAL.x,
    log: log === true,
    smoothing: smoothing >= 0 && smoothing <= SMOOTHEST ? Number(smoothing) : USUAL.smoothing,
    outliers: outliers === true,
    large: large === true,
    held_out: held_out !== false,
  };
}
