/** Labels on the loss chart: marks that merge, names at the ends of lines, and words for changes of settings. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ends, merged, shortened, spaced } from "../../../web/chart/labels.js";
import { markLabel, markWords } from "../../../web/runs/events_text.js";
import "../schema.mjs";

const BOX = { left: 50, top: 10, right: 650, bottom: 210 };
const mark = (x, label = "lr 0.1 → 0.03", stop = false) => ({ x, label, stop });

test("changes are said in words, long and short", () => {
  const rate = { step: 1200, field: "learning_rate", from: 0.1, to: 0.03 };
  assert.equal(markWords(rate), "learning rate 0.1 → 0.03 at step 1,200");
  assert.equal(markLabel(rate), "lr 0.1 → 0.03");
  assert.equal(markWords({ step: 5, field: "clip_norm", from: null, to: 1 }), "clip gradients none → 1 at step 5");
  assert.equal(
    markLabel({ step: 5, field: "loss_type", from: "cross_entropy", to: "mse" }),
    "loss cross-entropy → mse",
  );
  assert.equal(markLabel({ step: 5, field: "optimizer", from: "sgd", to: "adam" }), "optimizer sgd → adam");
});

test("marks closer than 12 pixels merge, in any order, and say how many they are", () => {
  assert.deepEqual(merged([]), []);
  assert.deepEqual(merged([mark(100), mark(112)]), [mark(100), mark(112)]);
  const row = merged([mark(300), mark(100), mark(111.5), mark(120)]);
  assert.deepEqual(
    row.map(({ x, label }) => [x, label]),
    [
      [110, "3 changes"],
      [300, "lr 0.1 → 0.03"],
    ],
  );
  assert.equal(merged([mark(1, "⚑ target", true), mark(2, "⚑ diverged", true)])[0].label, "2 stops");
});

const label = (name, y, isStrong = false) => ({ name, number: 0, y, isStrong });

test("names of lines that end at one height stand apart, in the order of the lines", () => {
  const placed = spaced([label("a", 100), label("b", 99), label("c", 101)], BOX);
  assert.deepEqual(
    placed.map(({ name }) => name),
    ["b", "a", "c"],
  );
  for (let i = 1; i < placed.length; i++) assert.ok(placed[i].y - placed[i - 1].y >= 12);
});

test("names stay inside the plot; of too many the strong one and the first ones stay", () => {
  const many = Array.from({ length: 40 }, (_, i) => label(`run ${i}`, 205, i === 39));
  const placed = spaced(many, BOX);
  assert.equal(placed.length, 16);
  assert.ok(placed.some(({ name }) => name === "run 39") && placed.some(({ name }) => name === "run 0"));
  for (const { y } of placed) assert.ok(y >= BOX.top && y <= BOX.bottom);
});

test("a run alone says which of its lines is which; others say their name, and what is out of sight nothing", () => {
  const line = (id, ...main) => ({ curve: { id }, x: Float64Array.from(main.keys()), main: Float64Array.from(main) });
  const place = ({ at, value }) => ({ x: 50 + at, y: 200 - value });
  const shown = (lines, held_out = {}) => ({
    scene: {
      log: false,
      runs: [
        { id: "a", name: "A" },
        { id: "b", name: "B" },
      ],
      drawing: { lines, held_out, colors: {} },
    },
    active: { id: "a" },
    mark: "",
  });
  const others = { a: { x: Float64Array.of(1), y: Float64Array.of(30) } };
  const names = (...given) => ends(shown(...given), place, BOX).map(({ name, y, isStrong }) => [name, y, isStrong]);
  assert.deepEqual(names([line("a", 50, 20, Number.NaN)], others), [
    ["training", 180, true],
    ["held out", 170, false],
  ]);
  assert.deepEqual(names([line("a", 20), line("b", 40)], others), [
    ["A", 180, true],
    ["B", 160, false],
  ]);
  assert.deepEqual(names([line("a", 20), line("b", 400)]), [["A", 180, true]]);
});

test("a name that is too long ends in an ellipsis, and is cut between letters", () => {
  assert.equal(shortened("Momentum 0.9", 1), "Momentum 0.9");
  assert.equal(shortened("Momentum 0.9", 0.75), "Momentum…");
  assert.equal(shortened("👩‍🔬👩‍🔬👩‍🔬👩‍🔬", 0.5).at(-1), "…");
});
