/** The shapes of a loss chart: the same ones on a canvas and in an SVG file. */

/** @typedef {import("./loss_line.js").LossLine} LossLine */
/** @typedef {import("./loss_range.js").Range} Range */
/** @typedef {{left: number, top: number, width: number, height: number}} Box  pixels */
/** Coordinates → pixels. @typedef {{x: (value: number) => number, y: (value: number) => number}} Place */
/** What a Path2D and a path of SVG have in common. @typedef {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void, closePath(): void}} Pen */
/**
 * What is drawn, apart from colours.
 * @typedef {object} Drawing
 * @property {LossLine[]} lines
 * @property {Record<string, number>} colors             run id → number of its colour and dash
 * @property {Record<string, {x: number, y: number}>} stars  run id → its best point
 * @property {Range} across
 * @property {Range} up
 */
/**
 * @typedef {object} Shape
 * @property {string} kind   "band", "raw", "line", "newest", "break" or "star"
 * @property {string} id     of the run
 * @property {(pen: Pen) => void} trace
 * @property {number} color
 * @property {number} alpha
 * @property {number} width  of the stroke; 0 to fill instead
 * @property {number[]} dash
 * @property {boolean} clipped  whether it ends at the edge of the plot; marks are drawn whole or not at all
 */
/** Colours as they are now. @typedef {{text: string, strong: string, grid: string, surface: string, lines: string[]}} Ink */

/** Colours there are; beyond them the dashes go on telling lines apart. */
export const COLORS = 8;
/** What lies around the plot: pixels. */
export const MARGIN = { left: 58, right: 12, top: 10, bottom: 46 };

const DASHES = [[], [10, 4], [3, 3], [10, 3, 3, 3], [16, 5], [6, 3], [2, 5], [16, 3, 3, 3, 3, 3]];

/**
 * Lines differ by more than their hue: neighbours by their dash too, and those that share a colour always.
 * @param {number} number
 */
export const dash = (number) => DASHES[(number + Math.floor(number / COLORS)) % DASHES.length];

/** Farther out than this nothing is seen, and a canvas draws wrongly. Pixels. */
const FAR = 1e5;
const FAINT = { raw: 0.32, band: 0.16, others: 0.22 };
const STAR = { points: 5, outer: 7, inner: 3 };

/** @param {Range} across @param {Range} up @param {Box} box @returns {Place} */
export function placeIn(across, up, { left, top, width, height }) {
  const near = (/** @type {number} */ pixel) => Math.max(-FAR, Math.min(FAR, pixel));
  return {
    x: (value) => near(left + ((value - across[0]) / (across[1] - across[0])) * width),
    y: (value) => near(top + ((up[1] - value) / (up[1] - up[0])) * height),
  };
}

/**
 * From back to front.
 * @param {Drawing} drawing @param {Box} box @param {string | null} hovered  the run that stands out
 * @returns {Shape[]}
 */
export function shapes({ lines, colors, stars, across, up }, box, hovered) {
  const place = placeIn(across, up, box);
  const isHovered = lines.some(({ curve }) => curve.id === hovered);
  const found = lines.flatMap((line) => {
    const { id } = line.curve;
    const number = colors[id] ?? 0;
    const strength = isHovered && id !== hovered ? FAINT.others : 1;
    const width = isHovered && id === hovered ? 3.25 : 2;
    return partsOf(line, stars[id], place, box).map(({ alpha = 1, ...part }) => ({
      id,
      color: number % COLORS,
      width: part.kind === "line" ? width : part.kind === "raw" ? 1 : part.kind === "break" ? 2 : 0,
      dash: part.kind === "line" ? dash(number) : [],
      alpha: alpha * strength,
      clipped: ["band", "raw", "line"].includes(part.kind),
      ...part,
    }));
  });
  const layer = (/** @type {Shape} */ { kind }) => ["band", "raw", "line", "newest", "break", "star"].indexOf(kind);
  return found.sort((a, b) => layer(a) - layer(b));
}

/**
 * @param {LossLine} line @param {{x: number, y: number} | undefined} star @param {Place} place @param {Box} box
 * @returns {{kind: string, trace: (pen: Pen) => void, alpha?: number}[]}
 */
function partsOf(line, star, place, box) {
  const { x, raw, main, summed, smoothing, breaks } = line;
  const last = x.length - 1;
  const isSeen = (/** @type {number} */ px, /** @type {number} */ py) =>
    px >= box.left && px <= box.left + box.width && py >= box.top && py <= box.top + box.height;
  // Where points are means over many steps, the newest single one beside them would only look like a leap: it is a dot.
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
  ];
}

/**
 * A line with gaps; a point between two gaps is a dot, with round ends. Of the points in one column of pixels only the lowest
 * and the highest are seen, and drawn.
 * @param {Pen} pen @param {Float64Array} x @param {Float64Array} y @param {number} end @param {Place} place
 */
function path(pen, x, y, end, place) {
  for (const [from, to] of stretches(end, (i) => Number.isFinite(y[i]))) {
    pen.moveTo(place.x(x[from]), place.y(y[from]));
    for (const [first, last] of columns(x, from, to, place)) {
      const [low, high] = [extreme(y, first, last, 1), extreme(y, first, last, -1)];
      const kept = new Set([Math.min(low, high), Math.max(low, high), ...(last === to ? [to] : [])]);
      for (const i of kept) pen.lineTo(place.x(x[i]), place.y(y[i]));
    }
  }
}

/** Between least and greatest, stretch by stretch. @param {Pen} pen @param {LossLine} line @param {Place} place */
function band(pen, { x, low, high }, place) {
  for (const [from, to] of stretches(x.length, (i) => Number.isFinite(low[i]) && Number.isFinite(high[i]))) {
    const parts = columns(x, from, to, place);
    const tops = parts.map(([first, last]) => [last, extreme(high, first, last, -1)]);
    const bottoms = parts.map(([first, last]) => [last, extreme(low, first, last, 1)]).reverse();
    pen.moveTo(place.x(x[from]), place.y(high[from]));
    for (const [at, i] of tops) pen.lineTo(place.x(x[at]), place.y(high[i]));
    for (const [at, i] of bottoms) pen.lineTo(place.x(x[at]), place.y(low[i]));
    pen.lineTo(place.x(x[from]), place.y(low[from]));
    pen.closePath();
  }
}

/** From where to where something is the case. @param {number} end @param {(i: number) => boolean} is @returns {[number, number][]} */
function stretches(end, is) {
  /** @type {[number, number][]} */
  const found = [];
  for (let i = 0; i < end; i++) {
    if (!is(i)) continue;
    const from = i;
    while (i + 1 < end && is(i + 1)) i++;
    found.push([from, i]);
  }
  return found;
}

/** The points from…to, column of pixels by column: first and last of each. @param {Float64Array} x @param {number} from @param {number} to @param {Place} place @returns {[number, number][]} */
function columns(x, from, to, place) {
  /** @type {[number, number][]} */
  const found = [];
  let latest = Number.NaN;
  for (let i = from; i <= to; i++) {
    const column = Math.floor(place.x(x[i]));
    if (column === latest) found[found.length - 1][1] = i;
    else found.push([i, i]);
    latest = column;
  }
  return found;
}

/** Where the least value is (sign 1), or the greatest (sign -1). @param {Float64Array} values @param {number} first @param {number} last @param {1 | -1} sign */
function extreme(values, first, last, sign) {
  let found = first;
  for (let i = first + 1; i <= last; i++) if (sign * values[i] < sign * values[found]) found = i;
  return found;
}

/** @param {Pen} pen @param {number} x @param {number} y @param {(corner: number) => number} radius @param {number} corners */
function polygon(pen, x, y, radius, corners) {
  for (let i = 0; i < corners; i++) {
    const angle = (2 * Math.PI * i) / corners - Math.PI / 2;
    const to = [x + radius(i) * Math.cos(angle), y + radius(i) * Math.sin(angle)];
    i === 0 ? pen.moveTo(to[0], to[1]) : pen.lineTo(to[0], to[1]);
  }
  pen.closePath();
}

/** @param {Pen} pen @param {number} x @param {number} y */
const dot = (pen, x, y) => polygon(pen, x, y, () => 3, 12);

/** @param {Pen} pen @param {number} x @param {number} y */
const drawStar = (pen, x, y) => polygon(pen, x, y, (i) => (i % 2 === 0 ? STAR.outer : STAR.inner), 2 * STAR.points);

/** Where a line ends in NaN or infinity, in sight. @param {Pen} pen @param {number} x @param {number} y @param {Box} box */
function cross(pen, x, y, { top, height }) {
  const size = 4.5;
  const at = Math.max(top + size, Math.min(top + height - size, Number.isNaN(y) ? top : y));
  pen.moveTo(x - size, at - size);
  pen.lineTo(x + size, at + size);
  pen.moveTo(x - size, at + size);
  pen.lineTo(x + size, at - size);
}
