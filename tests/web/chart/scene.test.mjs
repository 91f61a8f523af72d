/** The pure functions behind the loss chart. */

import assert from "node:assert/strict";
import test from "node:test";
import { lossCsv } from "../../../web/chart/csv.js";
import { lossLine, nearest, pointAt } from "../../../web/chart/line.js";
import { acrossRange, outsideOf, scaled, upRange } from "../../../web/chart/range.js";
import { placeIn, shapes } from "../../../web/chart/shapes.js";
import { svgChart } from "../../../web/chart/svg.js";
import { short } from "../../../web/ui/format.js";
import { dash } from "../../../web/ui/line_style.js";
import { linearTicks, logTicks } from "../../../web/ui/ticks.js";

const USUAL = { x: "step", log: false, outliers: false };
const BOX = { left: 0, top: 0, width: 100, height: 100 };
const INK = { text: "#111", strong: "#000", grid: "#ddd", surface: "#fff", lines: Array(8).fill("#06a") };

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
  lossLine(curve(losses, id, stride, manner.smoothing), { ...USUAL, ...manner });
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

/** Writes down every stroke. */
function pen() {
  const strokes = [];
  const write =
    (what) =>
    (...at) =>
      strokes.push([what, ...at.map((pixel) => Math.round(pixel * 10) / 10)]);
  return { strokes, moveTo: write("move"), lineTo: write("line"), closePath: write("close") };
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

test("the floor lies behind all lines, in sight only, and the held-out loss is dotted over its run's line", () => {
  const lines = [line([3, 2, 1])];
  const held_out = { a: { x: Float64Array.of(1, 3), y: Float64Array.of(2.5, 1.5) } };
  const drawing = { ...drawingOf(lines, [0, 4]), held_out, floor: { y: 1, label: "best possible, 1.0000" } };
  const drawn = shapes(drawing, BOX, null);
  assert.deepEqual(drawn.map(({ kind }) => kind).slice(0, 3), ["floor", "line", "held_out"]);
  const [floor, , dotted] = drawn;
  const points = [];
  floor.trace({ moveTo: (x, y) => points.push([x, y]), lineTo: (x, y) => points.push([x, y]), closePath() {} });
  assert.deepEqual(points, [
    [0, 75],
    [100, 75],
  ]);
  assert.equal(floor.label.text, "best possible, 1.0000");
  assert.ok(dotted.dash.length > 0 && dotted.id === "a");
  const beneath = { ...drawing, floor: { y: -1, label: "" } };
  assert.ok(!shapes(beneath, BOX, null).some(({ kind }) => kind === "floor"));
  assert.match(
    svgChart({
      drawing,
      acrossTicks: [],
      upTicks: [],
      acrossLabel: "",
      upLabel: "",
      legend: [],
      ink: INK,
      width: 960,
      height: 540,
    }),
    /data-kind="floor"[^>]*stroke="#000"/,
  );
});

test("a diverged line breaks once for each stretch, and is drawn up to there and after it", () => {
  const broken = line([1, Number.NaN, Number.POSITIVE_INFINITY, 3, Number.NaN]);
  assert.deepEqual(broken.breaks, [1, 4]);
  const found = shapes(drawingOf([broken], [0, 4]), BOX, null);
  assert.deepEqual(
    found.map(({ kind }) => kind),
    ["line", "break", "break"],
  );
  const drawn = pen();
  found[0].trace(drawn);
  assert.deepEqual(drawn.strokes, [
    ["move", 20, 75],
    ["line", 20, 75],
    ["move", 80, 25],
    ["line", 80, 25],
  ]);
});

test("every shape of every kind of loss stays finite", () => {
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
    const across = acrossRange(lines);
    const up = upRange(lines, across, manner);
    assert.ok(up[0] < up[1] && up.every(Number.isFinite), JSON.stringify({ manner, up }));
    const drawn = pen();
    for (const { trace } of shapes({ ...drawingOf(lines, up), across }, BOX, "b")) trace(drawn);
    assert.ok(drawn.strokes.length > 0 && drawn.strokes.every(([, ...at]) => at.every(Number.isFinite)));
    const ticks = manner.log ? logTicks(up, 5) : linearTicks(up, 5);
    assert.ok(ticks.length <= 12 && ticks.every(({ at }) => at >= up[0] && at <= up[1]));
  }
});

test("outliers: 5% at each end may lie outside, and are counted", () => {
  const lines = [line([...Array.from({ length: 98 }, (_, i) => 1 + i / 98), 1000, 2000])];
  const up = upRange(lines, [0, 100], { log: false, outliers: true });
  assert.ok(up[1] < 2.1);
  assert.deepEqual(outsideOf(lines, [0, 100], [1, 999]), { outside: 2, all: 100 });
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
  const place = placeIn([0, 4], [0, 1], BOX);
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
  const svg = svgChart({
    drawing: drawingOf([line([1, 2])], [0, 2]),
    acrossTicks: [],
    upTicks: [],
    acrossLabel: name,
    upLabel: "loss",
    legend: [{ id: "a", text: name }],
    ink: INK,
    width: 300,
    height: 200,
  });
  for (const wrong of ["<script", "\u0000", "\ud800"]) assert.ok(!svg.includes(wrong));
});
