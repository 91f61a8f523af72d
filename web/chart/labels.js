/** Places of the labels of a plot, so that none stands over another. */

import { ofRun } from "../ui/of_run.js";
import { isDrawn } from "./range.js";

/** @import { Shown } from "./plot.js" */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box  pixels */
/** The name of a line at its end. @typedef {{name: string, number: number, y: number, isStrong: boolean}} End */

/** Marks that are closer become one; lines of text are this far apart. Pixels. */
const NEAR = 12;

/**
 * Merge marks that stand close together.
 * @param {{x: number, label: string, stop: boolean}[]} marks  x in pixels
 * @returns {{x: number, label: string, stop: boolean}[]}
 */
export function merged(marks) {
  /** @type {{x: number, label: string, stop: boolean}[][]} */
  const groups = [];
  for (const mark of marks.toSorted((a, b) => a.x - b.x)) {
    const last = groups.at(-1);
    if (last && mark.x - last[last.length - 1].x < NEAR) last.push(mark);
    else groups.push([mark]);
  }
  return groups.map((group) => {
    const [first, last] = [group[0], group[group.length - 1]];
    if (group.length === 1) return first;
    return { ...first, x: (first.x + last.x) / 2, label: `${group.length} ${first.stop ? "stops" : "changes"}` };
  });
}

/**
 * Names of the lines in sight at the height where each ends: of a run alone, which line it is.
 * @param {Shown} shown
 * @param {(at: {at: number, value: number}) => {x: number, y: number}} place  → pixels
 * @param {Box} box
 * @returns {End[]}
 */
export function ends({ scene, active, mark }, place, { left, top, bottom }) {
  const { lines, held_out, colors } = scene.drawing;
  const isAlone = lines.length === 1;
  const found = lines.flatMap(({ curve, x, main }) => {
    const run = scene.runs.find(({ id }) => id === curve.id);
    const number = ofRun(colors, curve.id) ?? 0;
    const isStrong = curve.id === (mark || active?.id);
    const others = isAlone ? ofRun(held_out, curve.id) : undefined;
    const own = { name: isAlone ? "training" : (run?.name ?? ""), number, isStrong, x, y: main };
    return [own, ...(others ? [{ name: "held out", number, isStrong: false, ...others }] : [])];
  });
  return found.flatMap(({ x, y, ...label }) => {
    const last = y.findLastIndex((value) => isDrawn(value, scene.log));
    const at = last < 0 ? null : place({ at: x[last], value: y[last] });
    return at && at.x >= left && at.y >= top && at.y <= bottom ? [{ ...label, y: at.y }] : [];
  });
}

/** Move labels apart; where there is no room for all, the strong and then the first ones stay. @param {End[]} labels @param {Box} box @returns {End[]} */
export function spaced(labels, { top, bottom }) {
  const most = Math.max(1, Math.floor((bottom - top) / NEAR));
  const kept = labels.toSorted((a, b) => Number(b.isStrong) - Number(a.isStrong)).slice(0, most);
  const sorted = kept.toSorted((a, b) => a.y - b.y).map((label) => ({ ...label }));
  let above = Number.NEGATIVE_INFINITY;
  for (const label of sorted) above = label.y = Math.max(label.y, above + NEAR, top + 4);
  let below = bottom + NEAR - 4;
  for (const label of sorted.toReversed()) below = label.y = Math.min(label.y, below - NEAR);
  return sorted;
}

/** Cut a name that is too long. @param {string} name @param {number} share  for which there is room */
export function shortened(name, share) {
  const letters = [...name];
  return share >= 1 ? name : `${letters.slice(0, Math.floor(letters.length * share) - 1).join("")}…`;
}

/** @param {Box} box @param {number} x @param {number} y */
export const isInside = ({ left, right, top, bottom }, x, y) =>
  x >= left - 0.5 && x <= right + 0.5 && y >= top - 0.5 && y <= bottom + 0.5;
