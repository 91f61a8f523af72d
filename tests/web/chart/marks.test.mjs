/** Changes of settings on the loss chart: where they stand, what they say, and that no label stands over another. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { lossLine } from "../../../web/chart/line.js";
import { shapes } from "../../../web/chart/shapes.js";
import { svgChart } from "../../../web/chart/svg.js";
import { markLabel, markWords } from "../../../web/runs/events_text.js";

const BOX = { left: 50, top: 10, width: 600, height: 200 };
const steps = Float64Array.from({ length: 100 }, (_, i) => i + 1);
const LINE = lossLine(
  {
    id: "a",
    name: "A",
    step: steps,
    epoch: steps,
    seconds: steps,
    min: steps,
    mean: steps,
    max: steps,
    smoothing: 0,
    smoothed: steps,
  },
  { x: "step", log: false },
);
const drawingOf = (marks) => ({
  lines: [LINE],
  colors: { a: 0 },
  stars: {},
  marks: { a: marks },
  held_out: {},
  floor: null,
  across: [0, 100],
  up: [0, 100],
});
const marked = (marks) => shapes(drawingOf(marks), BOX, null).filter(({ kind }) => kind === "mark");
const mark = (x, label = "lr 0.1 → 0.03") => ({ x, label, words: `${label} at step ${x}` });

test("changes are said in words, long and short", () => {
  const rate = { step: 1200, field: "learning_rate", from: 0.1, to: 0.03 };
  assert.equal(markWords(rate), "learning rate 0.1 → 0.03 at step 1,200");
  assert.equal(markLabel(rate), "lr 0.1 → 0.03");
  assert.equal(markWords({ step: 5, field: "clip_norm", from: null, to: 1 }), "clip none → 1 at step 5");
  assert.equal(
    markLabel({ step: 5, field: "loss_type", from: "cross_entropy", to: "mse" }),
    "loss cross-entropy → mse",
  );
  assert.equal(markLabel({ step: 5, field: "optimizer", from: "sgd", to: "adam" }), "optimizer sgd → adam");
});

test("a mark hangs from the upper edge at its step, labelled; out of sight it is not drawn", () => {
  const [one, ...others] = marked([mark(25), mark(120), mark(-3)]);
  assert.equal(others.length, 0);
  assert.equal(one.words, "lr 0.1 → 0.03 at step 25");
  const strokes = [];
  one.trace({ moveTo: (x, y) => strokes.push([x, y]), lineTo: (x, y) => strokes.push([x, y]), closePath() {} });
  assert.deepEqual(strokes, [
    [200, 10],
    [200, 20],
  ]);
  assert.deepEqual([one.label.text, one.label.end, one.label.x > 200], ["lr 0.1 → 0.03", false, true]);
});

test("at the right edge the label stands on the left", () => {
  const [one] = marked([mark(99)]);
  assert.equal(one.label.end, true);
  assert.ok(one.label.x < 50 + 0.99 * 600);
});

test("no label stands over another: it goes into the next line, or is left out while its tick stays", () => {
  const all = marked(Array.from({ length: 30 }, (_, i) => mark(40 + i / 4)));
  assert.equal(all.length, 30);
  const labels = all.flatMap(({ label }) => label ?? []);
  assert.ok(labels.length >= 3 && labels.length < 30);
  const places = labels.map(({ x, y, text, end }) => [end ? x - 5.8 * text.length : x, y, text.length * 5.8]);
  for (const [i, [x, y, width]] of places.entries())
    for (const [x2, y2, width2] of places.slice(i + 1)) assert.ok(y !== y2 || x + width < x2 || x2 + width2 < x);
});

test("in a file marks are drawn, labelled, and say all in their title", () => {
  const sheet = {
    drawing: drawingOf([mark(50, "<b>")]),
    acrossTicks: [],
    upTicks: [],
    acrossLabel: "step",
    upLabel: "loss",
    legend: [{ id: "a", text: "Run A" }],
    ink: { text: "#000", strong: "#111", grid: "#ccc", surface: "#fff", lines: Array(8).fill("#00f") },
    width: 700,
    height: 300,
  };
  const svg = svgChart(sheet);
  assert.match(svg, /data-kind="mark"[^>]*><title>Run A: &#60;b&#62; at step 50<\/title>/);
  assert.match(svg, /font-size="10"[^>]*>&#60;b&#62;<\/text>/);
});
