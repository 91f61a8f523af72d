/** The pure functions behind the loss chart. */

import assert from "node:assert/strict";
import test from "node:test";
import { lossCsv } from "../../../web/chart/csv.js";
import { lossLine, nearest, pointAt } from "../../../web/chart/line.js";
import { acrossRange, outsideOf, scaled, upRange } from "../../../web/chart/range.js";
import { epochText, lossText } from "../../../web/chart/statistics_text.js";
import { dataOf, tracesOf } from "../../../web/chart/traces.js";
import { short } from "../../../web/ui/format.js";
import { dash } from "../../../web/ui/line_style.js";
import { linearTicks, logTicks } from "../../../web/ui/ticks.js";

const USUAL = { x: "step", log: false, outliers: false };

/** @param {number[]} losses @param {string} id @param {number} stride  steps in a point @param {number} smoothing */
function curve(losses, id = "a", stride = 1, smoothing = 0) {
  const row = (f) => Float64Array.from(losses, (loss, i) => f(loss, i));
  const mean = row((loss) => loss);
  const step = row((_, i) => (i + 1) * stride);
  return {
    id,
    name: id,
    step,
    epoch: step.map((at) => at / 10),
    seconds: step.map((at) => at / 100),
    min: mean,
    mean,
    max: mean,
    smoothing,
    smoothed: mean,
  };
}
const line = (losses, manner = {}, id = "a", stride = 1) =>
  lossLine(curve(losses, id, stride, manner.smoothing), manner.x ?? USUAL.x);
const drawingOf = (lines, up) => ({
  lines,
  colors: { a: 0, b: 1 },
  stars: {},
  marks: {},
  held_out: {},
  floor: null,
  across: acrossRange(lines),
  up,
});

/** Series and their data, as uPlot is given them. */
function series(drawing, log = false) {
  const traces = tracesOf({ drawing });
  const [, ...data] = dataOf(traces, { drawing, log });
  return traces.map(({ kind, id }, i) => ({ kind, id, x: [...data[i][0]], y: [...data[i][1]] }));
}

test("a loss has 3 to 5 significant digits, whatever its size, and keeps its order and its sign", () => {
  const shown = [
    [0, "0.0000"],
    [0.1234, "0.1234"],
    [0.0123456, "0.0123"],
    [0.00012345, "0.000123"],
    [0.00009999999, "0.000100"],
    [1.23e-7, "1.23e-7"],
    [9.99996, "10.00"],
    [99.9999, "100.0"],
    [12345.6, "12346"],
    [99999.6, "1.00e+5"],
    [1.23456789e21, "1.23e+21"],
    [-3.21e25, "−3.21e+25"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ];
  for (const [value, text] of shown) assert.equal(short(value), text);
  let before = 0;
  for (let value = 1e-300; value < Number.MAX_VALUE / 1.01; value *= 1.00731) {
    const [text, opposite] = [short(value), short(-value)];
    const digits = text.split("e")[0].replace(".", "").replace(/^0+/, "").length;
    assert.ok(digits >= 3 && digits <= 5 && text.length <= 9, text);
    assert.ok(Math.abs(Number(text) / value - 1) < 0.006, `${value} ${text}`);
    assert.ok(Number(text) >= before, text);
    assert.equal(opposite, `−${text}`);
    before = Number(text);
  }
});

test("labels of an axis are short, however large its numbers", () => {
  for (const high of [1e15, 1e21, 3e25, Number.MAX_VALUE / 4])
    for (const { label } of linearTicks([0, high], 6)) assert.ok(label.length <= 8, label);
});

test("statistics are short: a loss beyond 10,000 and an epoch with many decimals too", () => {
  const shown = [null, 0, 0.92936, 12.345, 9999.4, 21e19, 1e5, 3.2e-7, Number.POSITIVE_INFINITY, Number.NaN].map(
    lossText,
  );
  assert.deepEqual(shown, ["–", "0.0000", "0.9294", "12.35", "9999.4", "2.1e20", "1.0e5", "3.20e-7", "∞", "NaN"]);
  assert.deepEqual([0, 3.0125, 0.46875, 2.9975, 3, 1234.5].map(epochText), [
    "0",
    "3.01",
    "0.46",
    "2.99",
    "3",
    "1,234.5",
  ]);
});

test("the floor lies behind all lines, and the held-out loss over its run's line", () => {
  const lines = [line([3, 2, 1])];
  const held_out = { a: { x: Float64Array.of(1, 3), y: Float64Array.of(2.5, 1.5) } };
  const drawing = { ...drawingOf(lines, [0, 4]), held_out, floor: { y: 1, label: "best possible, 1.0000" } };
  const drawn = series(drawing);
  assert.deepEqual(
    drawn.map(({ kind, id }) => [kind, id]),
    [
      ["floor", ""],
      ["line", "a"],
      ["held_out", "a"],
    ],
  );
  assert.deepEqual(
    [drawn[0].x, drawn[0].y],
    [
      [0, 3],
      [1, 1],
    ],
  );
  assert.deepEqual(series({ ...drawing, floor: { ...drawing.floor, from: 2 } })[0].x, [2, 3]);
  assert.ok(!series({ ...drawing, floor: { ...drawing.floor, from: 3 } }).some(({ kind }) => kind === "floor"));
});

test("only what is in sight is drawn, and a point on both sides of it", () => {
  const drawing = { ...drawingOf([line([9, 8, 7, 6, 5, 4])], [0, 9]), across: [3, 4] };
  assert.deepEqual(series(drawing)[0].x, [2, 3, 4, 5]);
});

test("a diverged line breaks once for each stretch, and has a gap there", () => {
  const broken = line([1, Number.NaN, Number.POSITIVE_INFINITY, 3, Number.NaN]);
  assert.deepEqual(broken.breaks, [1, 4]);
  assert.deepEqual(series(drawingOf([broken], [0, 4]))[0].y, [1, null, null, 3, null]);
  assert.deepEqual(series(drawingOf([line([1, 0, 2])], [0.1, 4]), true)[0].y, [1, null, 2]); // 0 has no logarithm
});

test("points of many steps have a band, the newest step stands alone, and what is smoothed lies over what was", () => {
  const summed = line([4, 3, 2], { smoothing: 0.6 }, "a", 10);
  const drawn = series(drawingOf([summed], [0, 5]));
  assert.deepEqual(
    drawn.map(({ kind, x }) => [kind, x]),
    [
      ["band", [10, 20, 30]],
      ["raw", [10, 20, 30]],
      ["line", [10, 20]],
    ],
  );
});

test("every range of every kind of loss is finite, and has ticks", () => {
  const odd = [
    0,
    -0,
    1e308,
    Number.MAX_VALUE,
    5e-324,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const choices = [false, true].flatMap((log) =>
    [false, true].flatMap((outliers) => [0, 0.9].map((smoothing) => ({ log, outliers, smoothing }))),
  );
  for (const manner of choices) {
    const lines = [line(odd, manner), line([], manner, "b"), line([Number.NaN], manner, "b")];
    const up = upRange(lines, acrossRange(lines), manner);
    assert.ok(up[0] < up[1] && up.every(Number.isFinite), JSON.stringify({ manner, up }));
    assert.ok(!manner.log || up[0] > 0);
    const range = manner.log ? up.map(Math.log10) : up;
    const ticks = manner.log ? logTicks(range, 5) : linearTicks(range, 5);
    assert.ok(ticks.length <= 12 && ticks.every(({ at }) => at >= range[0] && at <= range[1]));
  }
});

test("outliers: 5% at each end may lie outside, and are counted", () => {
  const lines = [line([...Array.from({ length: 98 }, (_, i) => 1 + i / 98), 1000, 2000])];
  const up = upRange(lines, [0, 100], { log: false, outliers: true });
  assert.ok(up[1] < 2.1);
  assert.deepEqual(outsideOf(lines, [0, 100], [1, 999], false), { outside: 2, all: 100 });
});

test("only what is in sight of one axis stretches the other", () => {
  const lines = [line([9, 8, 1, 2])];
  assert.deepEqual(upRange(lines, [3, 4], { log: false, outliers: false }), [0, 2.1]);
});

test("points are found by their step, and by their place", () => {
  const summed = curve([3, 2, 1], "a", 10);
  assert.deepEqual(
    [0, 10, 11, 30, 99].map((step) => pointAt(summed, step)),
    [0, 0, 1, 2, 2],
  );
  assert.equal(pointAt(curve([]), 3), -1);
  const lines = [line([0, 0, 0, 0]), line([1, Number.NaN, 1, 1], {}, "b")];
  const place = { x: (value) => 25 * value, y: (value) => 100 * (1 - value) };
  assert.deepEqual(nearest(lines, place, { x: 52, y: 10 }, 48), { id: "b", step: 3 });
  assert.deepEqual(nearest(lines, place, { x: 52, y: 90 }, 48), { id: "a", step: 2 });
  assert.equal(nearest(lines, place, { x: 52, y: 50 }, 20), null);
});

test("ticks are round, inside, and told apart", () => {
  const labels = (ticks) => ticks.map(({ label }) => label);
  assert.deepEqual(labels(linearTicks([0, 30], 4)), ["0", "10", "20", "30"]);
  assert.deepEqual(labels(linearTicks([0, 2], 9, { whole: true })), ["0", "1", "2"]);
  assert.deepEqual(labels(linearTicks([0, 3_000_000], 3)), ["0", "1M", "2M", "3M"]);
  assert.deepEqual(
    linearTicks([0, 180], 3, { unit: 60 }),
    [0, 1, 2, 3].map((at) => ({ at: 60 * at, label: String(at) })),
  );
  assert.deepEqual(labels(logTicks([-3, 0], 4)), ["0.001", "0.01", "0.1", "1"]);
  for (const [low, high] of [
    [12345, 12350],
    [0.001234, 0.001236],
    [1e-9, 3e-9],
    [1e20, 3e20],
    [999_990, 1_000_010],
  ]) {
    const ticks = linearTicks([low, high], 5);
    assert.ok(ticks.length >= 2);
    assert.equal(new Set(labels(ticks)).size, ticks.length, labels(ticks).join(" "));
  }
});

test("zooming keeps the middle where it is", () => {
  assert.deepEqual(scaled([0, 10], 2, 0.5), [1, 6]);
  assert.deepEqual(scaled(scaled([0, 10], 2, 0.5), 2, 2), [0, 10]);
});

test("24 runs differ by colour or dash", () => {
  const looks = Array.from({ length: 24 }, (_, number) => `${number % 8} ${dash(number)}`);
  assert.equal(new Set(looks).size, looks.length);
});

test("text in files stays text", () => {
  const name = `=cmd("x"),\n<script>&'\u0000\ud800`;
  const run = { config: { trainer: { loss_type: "cross_entropy" } }, marks: [], floor: null, held_out_floor: null };
  const rowOf = (text) =>
    lossCsv({
      metric: "loss",
      units: ["nats"],
      runs: [{ ...run, id: "a", name: text }],
      epochs: new Map(),
      drawing: { lines: [line([1])] },
    }).split("\r\n")[1];
  assert.ok(rowOf(name).startsWith(`"a","'=cmd(""x""),\n<script>`));
  for (const [odd, guarded] of [
    ["x;=cmd|' /C calc'!A0;", "x;'=cmd|' /C calc'!A0;"],
    ...["=1", "+1", "-1", "@1", "\rx", "＝1", "＋1", "－1", "＠1", "﹦1", "=\u0338cmd", "\ufeff＝1", "\u202e=1"].map(
      (it) => [it, `'${it}`],
    ),
    ["\t=1", "'\t=1"],
    ['x;"=1"', `x;'""=1""`],
    ["x; ＋1", "x;' ＋1"],
    ["x,;﹣1", "x,;'﹣1"],
    ...["a-b", "Adam, 2+2", "1e-3; lr=0.1"].map((it) => [it, it]),
  ]) {
    assert.ok(rowOf(odd).startsWith(`"a","${guarded}",1,`), odd);
    // Whatever separates cells: outside of quotes there are numbers only.
    assert.match(rowOf(odd).replace(/"(?:[^"]|"")*"/g, ""), /^[\d.,e-]*$/);
  }
});
