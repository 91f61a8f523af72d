/** Shapes of a loss chart, the same on a canvas and in an SVG file. */

import { COLORS, dash } from "../ui/line_style.js";
import { ofRun } from "../ui/of_run.js";
import { labelled } from "./labels.js";
import { band, cross, dot, star as drawStar, path, tick } from "./strokes.js";

/** @import { Label } from "./labels.js" */
/** @import { LossLine } from "./line.js" */
/** @import { Range } from "./range.js" */
/** @import { Pen } from "./strokes.js" */
/** @typedef {{left: number, top: number, width: number, height: number}} Box  pixels */
/** Coordinates → pixels. @typedef {{x: (value: number) => number, y: (value: number) => number}} Place */
/**
 * Everything drawn, except colours.
 * @typedef {object} Drawing
 * @property {LossLine[]} lines
 * @property {Record<string, number>} colors             run id → number of its colour and dash
 * @property {Record<string, {x: number, y: number}>} stars  run id → its best point
 * @property {Record<string, {x: number, label: string, words: string}[]>} marks  run id → where its settings were changed
 * @property {Record<string, {x: Float64Array, y: Float64Array}>} held_out  run id → the loss on held-out samples, epoch by epoch
 * @property {{y: number, label: string, from?: number} | null} floor   the best possible for the active run, along the whole axis or from a place on
 * @property {Range} across
 * @property {Range} up
 */
/**
 * @typedef {object} Shape
 * @property {string} kind   "floor", "band", "raw", "line", "held_out", "newest", "break", "star" or "mark"
 * @property {string} id     of the run
 * @property {(pen: Pen) => void} trace
 * @property {number} color  of a line; FLOOR for that of strong text
 * @property {number} alpha
 * @property {number} width  of the stroke; 0 to fill instead
 * @property {number[]} dash
 * @property {boolean} clipped  whether it ends at the edge of the plot; marks are drawn whole or not at all
 * @property {Label | null} label  text beside it
 * @property {string} words  what it says, where there is room for more; or ""
 */
/** Colours as they are now. @typedef {{text: string, strong: string, grid: string, surface: string, lines: string[]}} Ink */

/** Under the floor its label covers no loss. Pixels. */
const LABEL_BELOW = 11;
/** No colour of a line. */
const FLOOR = -1;
/** Margins of the plot in pixels. */
export const MARGIN = { left: 58, right: 12, top: 10, bottom: 46 };

/** Dashes of lines of held-out samples. */
const DOTS = [0.5, 4.5];
/** Farther out than this nothing is seen, and a canvas draws wrongly. Pixels. */
const FAR = 1e5;
const FAINT = { raw: 0.32, band: 0.16, others: 0.22 };

/**
 * @param {Range} across
 * @param {Range} up
 * @param {Box} box
 * @returns {Place}
 */
export function placeIn(across, up, { left, top, width, height }) {
  const near = (/** @type {number} */ pixel) => Math.max(-FAR, Math.min(FAR, pixel));
  return {
    x: (value) => near(left + ((value - across[0]) / (across[1] - across[0])) * width),
    y: (value) => near(top + ((up[1] - value) / (up[1] - up[0])) * height),
  };
}

/** @type {Record<string, number>} */
const WIDTHS = { raw: 1, break: 2, mark: 2 };

/**
 * Return width and dashes of a shape.
 * @param {string} kind
 * @param {number} number  of the run
 * @param {number} width  of its line
 */
function stroke(kind, number, width) {
  if (kind === "line") return { width, dash: dash(number) };
  if (kind === "held_out") return { width: 2.25, dash: DOTS };
  return { width: WIDTHS[kind] ?? 0, dash: [] };
}

/**
 * From back to front.
 * @param {Drawing} drawing
 * @param {Box} box
 * @param {string | null} hovered  the run that stands out
 * @returns {Shape[]}
 */
export function shapes({ lines, colors, stars, marks, held_out, floor, across, up }, box, hovered) {
  const place = placeIn(across, up, box);
  const isHovered = lines.some(({ curve }) => curve.id === hovered);
  const found = lines.flatMap((line) => {
    const { id } = line.curve;
    const number = ofRun(colors, id) ?? 0;
    const strength = isHovered && id !== hovered ? FAINT.others : 1;
    const width = isHovered && id === hovered ? 3.25 : 2;
    return [
      ...partsOf(line, ofRun(stars, id), ofRun(marks, id) ?? [], place, box),
      ...heldOutPart(ofRun(held_out, id), place),
    ].map(({ alpha = 1, ...part }) => ({
      id,
      label: null,
      words: "",
      color: number % COLORS,
      ...stroke(part.kind, number, width),
      alpha: alpha * strength,
      clipped: ["band", "raw", "line", "held_out"].includes(part.kind),
      ...part,
    }));
  });
  const layers = ["band", "raw", "line", "held_out", "newest", "break", "star", "mark"];
  const sorted = found.sort((a, b) => layers.indexOf(a.kind) - layers.indexOf(b.kind));
  return [...floorPart(floor, place, box), ...labelled(sorted, box)];
}

/** @param {{x: Float64Array, y: Float64Array} | undefined} line @param {Place} place @returns {{kind: string, trace: (pen: Pen) => void, alpha?: number}[]} */
function heldOutPart(line, place) {
  return line ? [{ kind: "held_out", trace: (pen) => path(pen, line.x, line.y, line.x.length, place) }] : [];
}

/**
 * @param {Drawing["floor"]} floor
 * @param {Place} place
 * @param {Box} box
 * @returns {Shape[]}
 */
function floorPart(floor, place, box) {
  const y = floor ? place.y(floor.y) : Number.NaN;
  if (!floor || !(y >= box.top && y <= box.top + box.height)) return [];
  const begin = floor.from === undefined ? box.left : Math.max(box.left, place.x(floor.from));
  if (begin >= box.left + box.width) return [];
  const trace = (/** @type {Pen} */ pen) => {
    pen.moveTo(begin, y);
    pen.lineTo(box.left + box.width, y);
  };
  const label = { x: box.left + box.width, y: y + LABEL_BELOW, text: floor.label, end: true };
  return [
    {
      kind: "floor",
      id: "",
      trace,
      color: FLOOR,
      alpha: 0.8,
      width: 1.25,
      dash: [6, 4],
      clipped: true,
      label,
      words: floor.label,
    },
  ];
}

/**
 * @param {LossLine} line
 * @param {{x: number, y: number} | undefined} star
 * @param {Drawing["marks"][string]} marks
 * @param {Place} place
 * @param {Box} box
 * @returns {{kind: string, trace: (pen: Pen) => void, alpha?: number, label?: Shape["label"], words?: string}[]}
 */
function partsOf(line, star, marks, place, box) {
  const { x, raw, main, summed, smoothing, breaks } = line;
  const last = x.length - 1;
  const isSeen = (/** @type {number} */ px, /** @type {number} */ py) =>
    px >= box.left && px <= box.left + box.width && py >= box.top && py <= box.top + box.height;
  // The newest single step is a dot beside points that average many: as a line it would look like a jump.
  const end = summed && smoothing ? last : last + 1;
  return [
    ...(summed ? [{ kind: "band", alpha: FAINT.band, trace: (/** @type {Pen} */ pen) => band(pen, line, place) }] : []),
    ...(smoothing
      ? [{ kind: "raw", alpha: FAINT.raw, trace: (/** @type {Pen} */ pen) => path(pen, x, raw, last + 1, place) }]
      : []),
    { kind: "line", trace: (pen) => path(pen, x, main, end, place) },
    ...(isSeen(place.x(x[last]), place.y(raw[last]))
      ? [{ kind: "newest", trace: (/** @type {Pen} */ pen) => dot(pen, place.x(x[last]), place.y(raw[last])) }]
      : []),
    ...breaks
      .filter((i) => isSeen(place.x(x[i]), box.top))
      .map((i) => ({
        kind: "break",
        trace: (/** @type {Pen} */ pen) => cross(pen, place.x(x[i]), i > 0 ? place.y(main[i - 1]) : box.top, box),
      })),
    ...(star && isSeen(place.x(star.x), place.y(star.y))
      ? [{ kind: "star", trace: (/** @type {Pen} */ pen) => drawStar(pen, place.x(star.x), place.y(star.y)) }]
      : []),
    ...marks
      .filter(({ x: at }) => isSeen(place.x(at), box.top))
      .map(({ x: at, label: text, words }) => ({
        kind: "mark",
        trace: (/** @type {Pen} */ pen) => tick(pen, place.x(at), box),
        label: { x: place.x(at), y: box.top, text, end: false },
        words,
      })),
  ];
}
