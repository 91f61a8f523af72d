/** Parallel coordinates: one axis for each setting, then the metric; one line for each run. */

import { axisOf, isFiniteNumber } from "./axis.js";
import { settingAt, valueAt } from "./settings.js";
import { rankingOf, valuesOf } from "./state.js";
import { valueWords } from "./values.js";

/** @import { Ranking, Result } from "./state.js" */
/** `title`: lines; `note`: unit and scale; `isLast`: with the labels beside the lines, not above. @typedef {{x: number, title: string[], note: string, ticks: {y: number, label: string}[], isLast: boolean}} DrawnAxis */
/** `shade`: 0 for the worst run, 1 for the best; null if its metric is no number. @typedef {{id: string, path: string, shade: number | null}} Line */
/** @typedef {{width: number, height: number, top: number, bottom: number, axes: DrawnAxis[], lines: Line[]}} Parallel  CSS pixels */

/** Distances in CSS pixels: between axes, and around them. */
const GAP = 86;
const MARGIN = { right: 72, bottom: 6, left: 12 };
const HEIGHT = 158;
/** Height of a line of a title, and of the label of the highest tick. */
const TITLE = { line: 13, tick: 17 };
/** Characters of a line of a title. */
const LINE = 14;

/**
 * @param {Result[]} results  of finished runs
 * @param {string[]} fields
 * @param {(value: number) => string} write  a value of the metric
 * @returns {Parallel}
 */
export function parallel(results, fields, write) {
  const ranking = rankingOf(results);
  const values = results.map(({ run }) => (run ? ranking.of(run) : null));
  const metric = metricAxis(ranking, values, write);
  const axes = [...fields.map((field) => fieldAxis(results, field)), metric];
  const top = Math.max(...axes.map(({ title, note }) => title.length + Number(note !== ""))) * TITLE.line + TITLE.tick;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = (/** @type {number} */ i) => MARGIN.left + i * GAP;
  const y = (/** @type {number} */ share) => Math.round(10 * (bottom - share * (bottom - top))) / 10;
  const lines = results.map(({ run, config }, i) => {
    const end = metric.place(values[i]);
    const shares = [...fields.map((field, j) => axes[j].place(valueAt(config, field))), end];
    const points = shares.flatMap((share, j) => (share === null ? [] : [`${x(j)},${y(share)}`]));
    const shade = end !== null && !ranking.isShare ? 1 - end : end;
    return { id: run?.id ?? "", path: `M${points.join("L")}`, shade };
  });
  const drawn = axes.map(({ title, note, ticks }, i) => ({
    x: x(i),
    title,
    note,
    ticks: ticks.map(({ at, label }) => ({ y: y(at), label: shortened(label) })),
    isLast: i === fields.length,
  }));
  return { width: x(fields.length) + MARGIN.right, height: HEIGHT, top, bottom, axes: drawn, lines };
}

/** @param {Ranking} ranking @param {unknown[]} values @param {(value: number) => string} write */
function metricAxis({ label, unit }, values, write) {
  const axis = axisOf(values.filter(isFiniteNumber), write, false);
  return { ...axis, title: wrapped(label), note: noteOf(unit, axis) };
}

/** @param {Result[]} results @param {string} field */
function fieldAxis(results, field) {
  const setting = settingAt(field);
  const words = (/** @type {unknown} */ value) => (setting ? valueWords(setting, value) : String(value));
  const inOrder = results.toSorted((a, b) => a.key - b.key); // of the sweep, whichever is the best
  const axis = axisOf(valuesOf(inOrder, field), words);
  return { ...axis, title: wrapped(setting?.label ?? field), note: noteOf("", axis) };
}

/** "nats, log scale" @param {string} unit @param {{isLog: boolean}} axis */
const noteOf = (unit, { isLog }) => [unit, isLog ? "log scale" : ""].filter(Boolean).join(", ");

/** A label for which there is room between two axes. @param {string} label */
const shortened = (label) => (label.length > LINE ? `${label.slice(0, LINE - 1)}…` : label);

/** Two lines at most, as short as its words allow. @param {string} label @returns {string[]} */
function wrapped(label) {
  const words = label.split(" ");
  const fits = words.findLastIndex((_, i) => words.slice(0, i + 1).join(" ").length <= LINE) + 1;
  return [words.slice(0, fits || 1), words.slice(fits || 1)]
    .filter(({ length }) => length > 0)
    .map((line) => line.join(" "));
}
