/** The plan of the network against the tables of the design: cells, windows and rows of blocks on three screens and a phone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../../web/network/geometry.js";
import { arrange, isTooSmallOnPaper } from "../../../web/network/plan.js";

const space = (width, height, low = false) => ({ width, height, dpr: 1, zoom: null, phone: false, low });
/** Inner width of a column, and the height that bar, head, foot, margins and the least console leave. */
const SCREENS = { "1280×720": space(596, 326, true), "1440×900": space(676, 483), "1920×1080": space(916, 614) };
const layers = (widths, batch = 10, embedding = null) => ({ widths, batch, embedding });
const DEFAULT = layers([16, 32, 32, 4]);

/** "7", "6/3, 2 rows, w 12 samples, 280 × 1 px, w 89 units, scrolls" */
function inShort(net, screen) {
  const { cell, samples, rows, fits } = arrange(net, screen);
  const blocks = rows.flat();
  const axes = blocks.map(({ columns }) => columns).filter(({ units }) => units > 96);
  const own = axes.map(({ shown, units, pitch }) => (shown < units ? `w ${shown} units` : `${pitch} px`));
  return [
    samples.pitch === cell ? `${cell}` : `${cell}/${samples.pitch}`,
    ...(rows.length > 1 ? [`${rows.length} rows`] : []),
    ...(samples.shown < samples.units ? [`w ${samples.shown}`] : []),
    ...new Set(own),
    ...(fits ? [] : ["scrolls"]),
  ].join(", ");
}

const TABLE = [
  ["no hidden layer", layers([16, 4]), "7", "11", "15"],
  ["one unit", layers([16, 1, 4]), "7", "11", "15"],
  ["three units", layers([16, 3, 4]), "7", "11", "15"],
  ["12 × 16", layers([16, ...Array(12).fill(16), 4]), "3, 2 rows, scrolls", "4, 2 rows", "6, 2 rows"],
  ["16-64-64-4, batch 32", layers([16, 64, 64, 4], 32), "3, w 12", "3", "4"],
  [
    "16-128-128-128-4, batch 32",
    layers([16, 128, 128, 128, 4], 32),
    "5/3, w 16, 1 px",
    "6/4, w 16, 1 px",
    "3, 2 rows, w 12, 2 px",
  ],
  ["16-1024-4", layers([16, 1024, 4]), "3, w 89 units", "6, w 50 units", "9, w 45 units"],
  ["280 inputs", layers([280, 32, 32, 40]), "3, w 70 units", "3, 1 px", "6, 2 rows, 1 px"],
  ["116 inputs", layers([116, 32, 32, 4]), "4, 2 px", "5, 2 px", "7, 3 px"],
  ["batch 80", layers([16, 32, 32, 4], 80), "6/3, w 12", "6/3, w 32", "6/3, w 48"],
  ["3 classes", layers([20, 32, 32, 3]), "5", "6", "9"],
  ["64 classes", layers([20, 32, 32, 64]), "3", "4", "5"],
  ["embedding 4 × 8", layers([32, 32, 32, 4], 10, { tokens: 4, size: 8, positions: 4 }), "4", "5", "7"],
  [
    "embedding 40 × 4",
    layers([28, 32, 32, 40], 10, { tokens: 40, size: 4, positions: 7 }),
    "3, 2 rows, scrolls",
    "3",
    "4",
  ],
  ["24-8-48-8-4", layers([24, 8, 48, 8, 4]), "3", "6", "8"],
  ["16-32-32-4", DEFAULT, "5", "7", "10"],
  ["16-16-16-16-4", layers([16, 16, 16, 16, 4]), "7", "8", "12"],
];
for (const [name, net, ...expected] of TABLE)
  test(`cells of ${name}`, () => {
    const found = Object.values(SCREENS).map((screen) => inShort(net, screen));
    assert.deepEqual(found, expected);
  });

test("the design's heights 317, 428 and 587 are with captions of 17 px, not of 18, in windows over 800 px", () => {
  const heights = Object.values(SCREENS).map((screen) => arrange(DEFAULT, screen).height);
  assert.deepEqual(heights, [317, 428, 587]);
});

test("12 × 16 is 14 px too high at 1280×720", () => {
  const { height } = arrange(TABLE[3][1], SCREENS["1280×720"]);
  assert.equal(height - SCREENS["1280×720"].height, 14);
});

test("a window of rows is never more than that of the same units as columns", () => {
  const [block, , output] = [0, 1, 2].map((i) => arrange(layers([16, 1024, 4]), SCREENS["1440×900"]).rows.flat()[i]);
  assert.equal(block.columns.shown, 16);
  assert.equal(output.rows.shown, 48);
});

test("boxes stand in bands: biases under weights, samples of all blocks at one height", () => {
  for (const [name, net] of TABLE) for (const screen of Object.values(SCREENS)) checkBands(planOf(net, screen), name);
});

function checkBands({ boxes, blocks, samples, cell }, name) {
  const layersOf = blocks.filter(({ place }) => place.startsWith("layers/"));
  /** @type {Map<number, number>} */
  const bands = new Map();
  for (const { place, row } of layersOf) {
    const [W, b, z] = ["weights", "biases", "pre_activations"].map((part) => boxes.get(`${place}/${part}`));
    assert.deepEqual([b.x, b.y], [W.x, W.y + W.height + 2], name);
    assert.ok(z.y >= b.y + cell, name);
    assert.equal(z.height, samples.shown * samples.pitch);
    assert.equal(z.y, bands.get(row) ?? z.y, name);
    bands.set(row, z.y);
  }
}

test("no two boxes overlap, and all lie inside the room unless the stage scrolls", () => {
  for (const [name, net] of TABLE)
    for (const screen of Object.values(SCREENS)) {
      const { boxes, fits } = planOf(net, screen);
      const all = [...boxes];
      all.forEach(([one, a], i) => {
        if (fits)
          assert.ok(a.x >= 0 && a.x + a.width <= screen.width && a.y + a.height <= screen.height + 4, `${name} ${one}`);
        for (const [other, b] of all.slice(i + 1)) {
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          assert.ok(apart, `${name}: ${one} and ${other}`);
        }
      });
    }
});

test("a plan depends on nothing but its input", () => {
  const before = JSON.stringify(planOf(DEFAULT, SCREENS["1440×900"]));
  planOf(TABLE[5][1], SCREENS["1280×720"]);
  assert.equal(JSON.stringify(planOf(DEFAULT, SCREENS["1440×900"])), before);
});

test("unused width goes to the gutter for full labels, then to the gaps, up to 34 px each", () => {
  const wide = planOf({ ...layers([16, 16, 4]), letters: 6 }, space(900, 500));
  assert.equal(wide.gutter, Math.ceil(6 * 6.3 + 8));
  assert.equal(wide.gap, 34);
});

test("the corner lies above the inputs, over low layers too, or right of the last block", () => {
  const above = planOf(DEFAULT, SCREENS["1440×900"]).corner;
  assert.equal(above.place, "corner");
  assert.ok(above.box.width >= 118 && above.box.height >= 74);
  assert.equal(planOf(TABLE[3][1], SCREENS["1440×900"]).corner.place, "right");
  assert.equal(planOf(layers([16, 16, 16, 4]), space(900, 330)).corner?.place, "corner");
});

test("zoomed, all pitches are equal and there is no window", () => {
  const { cell, samples, rows, fits } = arrange(layers([16, 1024, 4], 80), { ...SCREENS["1440×900"], zoom: 8 });
  assert.equal(fits, false);
  assert.deepEqual([cell, samples.pitch, samples.shown], [8, 8, 80]);
  for (const { columns, rows: down } of rows.flat()) {
    assert.equal(columns.shown, columns.units);
    assert.deepEqual([columns.pitch, down.pitch], [8, 8]);
  }
});

test("on a phone one block stands in each row, in cells of at most 6 px, and a wide one is squeezed", () => {
  const phone = { ...space(170, 0), dpr: 2, phone: true };
  const { cell, rows, height } = arrange(DEFAULT, phone);
  assert.deepEqual([cell, rows.length], [5, 4]);
  assert.ok(height < 1000);
  const wide = arrange(layers([280, 32, 32, 40]), phone).rows.flat();
  assert.ok(wide.every(({ columns }) => columns.shown * columns.pitch <= 170));
  assert.ok(wide.every(({ rows: down }) => down.shown * down.pitch <= 300));
});

const PAPER = { width: 495, height: 520, dpr: 2, zoom: null, phone: false, low: false, print: true };

test("on paper matrices are whole, as large as fits", () => {
  for (const net of [DEFAULT, layers([16, 1024, 4]), layers([16, 128, 128, 128, 4], 64), layers([4032, 32, 4])]) {
    const { rows, samples } = arrange(net, PAPER);
    assert.equal(samples.shown, net.batch);
    for (const { columns, rows: down } of rows.flat()) {
      assert.equal(columns.shown, columns.units);
      assert.equal(down.shown, down.units);
    }
  }
  const { cell, width, height } = arrange(DEFAULT, PAPER);
  assert.ok(cell >= 4 && width <= PAPER.width && height <= PAPER.height);
});

test("a column has a page of its own where cells would be smaller than half a millimetre", () => {
  assert.equal(isTooSmallOnPaper(arrange(DEFAULT, PAPER)), false);
  assert.equal(isTooSmallOnPaper(arrange(layers([16, 1024, 4]), PAPER)), true);
});
