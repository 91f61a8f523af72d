/** Captions from long to short, labels along matrices, windows of long axes, and the way over an edge. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf } from "../../../web/network/actions.js";
import { captionsOf, fitting, piecesOf, plainOf } from "../../../web/network/captions.js";
import { planOf } from "../../../web/network/geometry.js";
import { columnLabels, positionMarks, sampleLines, short } from "../../../web/network/labels.js";
import { neighbours } from "../../../web/network/neighbours.js";
import { showing, startOf } from "../../../web/network/windows.js";
import "../schema.mjs";

const ABOUT = { layers: 3, activation: "gelu", embedded: false };
const SPACE = { width: 676, height: 483, dpr: 1, zoom: null, phone: false, low: false };
const letters = ({ text }) => text.length;
const plan = (widths, batch = 10) => planOf({ widths, batch, embedding: null }, SPACE);

test("the first caption that fits is shown", () => {
  const captions = captionsOf("layers/1/weights", [32, 32], ABOUT);
  assert.deepEqual(captions.map(plainOf), ["Layer 2 W 32×32 · GELU", "Layer 2 W 32×32", "Layer 2 W", "Layer 2", "L2"]);
  for (const [room, words] of [
    [30, "Layer 2 W 32×32 · GELU"],
    [16, "Layer 2 W 32×32"],
    [8, "Layer 2"],
    [2, "L2"],
  ])
    assert.equal(plainOf(fitting(captions, room, letters)), words);
  assert.equal(fitting(captions, 1, letters), null);
});

test("captions of gradients, logits, tokens and the optimizer's state", () => {
  const first = (name, about = ABOUT) => captionsOf(name, [10, 4], about).map(plainOf)[0];
  assert.equal(first("layers/2/grad_pre_activations"), "∂L/∂z");
  assert.equal(first("layers/1/grad_pre_activations"), "∂L/∂z = ∂L/∂a ⊙ f′(z)");
  assert.equal(first("layers/2/pre_activations"), "logits z = x · W + b");
  assert.equal(first("layers/2/weights"), "Output W 10×4");
  assert.equal(first("layers/0/first_moment_weights"), "Layer 1 first moment of W");
  assert.equal(first("inputs", { ...ABOUT, embedded: true }), "Tokens");
  assert.deepEqual(captionsOf("layers/0/biases", [4], ABOUT), []);
});

test("pieces keep all words of a caption", () => {
  assert.deepEqual(piecesOf("**Layer 1** *W* 2×3"), [
    { text: "Layer 1", style: "bold" },
    { text: " ", style: "plain" },
    { text: "W", style: "italic" },
    { text: " 2×3", style: "plain" },
  ]);
});

test("a sample's label is full, its tail, its target, or none", () => {
  const sample = { input: [..."cdcc"], target: "d" };
  assert.deepEqual(
    [6, 5, 4, 2, 1].map((most) => short(sample, most)),
    ["cdcc→d", "…cc→d", "→d", "→d", ""],
  );
  assert.equal(short({ input: ["t1", "t22"], target: "t3" }, 9), "t1\u2009t22→t3");
});

test("labels are never under 9 px: low rows have targets in two columns, the lowest one label", () => {
  const samples = Array.from({ length: 10 }, () => ({ input: [..."cdcc"], target: "d" }));
  const lines = (pitch) => sampleLines({ samples: { pitch }, gutter: 38 }, samples, 3);
  assert.deepEqual(
    lines(7).map((column) => column.lines.length),
    [5, 5],
  );
  assert.deepEqual(
    lines(3).map((column) => column.lines),
    [["…cc→d"]],
  );
  for (const pitch of [3, 5, 7, 9, 12, 24]) for (const { size } of lines(pitch)) assert.ok(size >= 9);
});

test("positions have brackets from 9 px and numbers from 16 px, else each fifth", () => {
  assert.deepEqual(positionMarks(4, 8), []);
  assert.deepEqual(
    positionMarks(6, 12).map(({ label }) => label),
    ["1", "", "", "", "5", ""],
  );
  assert.deepEqual(
    positionMarks(4, 28).map(({ label }) => label),
    ["1", "2", "3", "4"],
  );
});

test("classes are named under their columns, at the ends, or not at all", () => {
  const many = Array.from({ length: 64 }, (_, i) => `M${i + 1}`);
  assert.deepEqual(
    columnLabels([..."abcd"], 7).map(({ label }) => label),
    [..."abcd"],
  );
  assert.deepEqual(
    columnLabels(many, 4).map(({ label }) => label),
    ["M1", "M64"],
  );
  assert.deepEqual(columnLabels(["first", "second"], 5), []);
});

test("matrices with a shorter window of an axis show a part of the longest one, and reach its end", () => {
  const made = plan([16, 1024, 4]);
  const [columns, rows] = [made.boxes.get("layers/0/weights").columns, made.boxes.get("layers/1/weights").rows];
  assert.deepEqual([columns.shown, rows.shown], [50, 48]);
  for (const start of [0, 1, 500, 974]) {
    const windows = { "layers/0": start };
    const [across, down] = [columns, rows].map((span) => startOf(made, windows, "layers/0", span));
    assert.equal(across, start);
    assert.ok(down >= across && down + rows.shown <= across + columns.shown);
  }
  assert.equal(startOf(made, { "layers/0": 974 }, "layers/0", rows), 1024 - 48);
});

test("a window follows a cell by as little as possible, or brings it into the middle", () => {
  const made = plan([16, 1024, 4]);
  const cell = { name: "layers/0/weights", row: 3, col: 60 };
  assert.deepEqual(showing(made, {}, cell), { "layers/0": 11 });
  assert.deepEqual(showing(made, {}, cell, true), { "layers/0": 35 });
  assert.deepEqual(showing(made, { "layers/0": 30 }, cell), { "layers/0": 30 });
  const below = { name: "layers/1/weights", row: 1023, col: 0 };
  const windows = showing(made, {}, below);
  assert.equal(startOf(made, windows, "layers/0", made.boxes.get("layers/1/weights").rows), 1024 - 48);
});

test("over an edge the nearest matrix beside the present one is next", () => {
  const made = plan([16, 32, 32, 4]);
  assert.equal(neighbours(made, "layers/0/weights", "ArrowDown")[0], "layers/0/biases");
  assert.equal(neighbours(made, "layers/0/biases", "ArrowUp")[0], "layers/0/weights");
  assert.equal(neighbours(made, "layers/0/weights", "ArrowRight")[0], "layers/1/weights");
  assert.equal(neighbours(made, "inputs", "ArrowRight")[0], "layers/0/activations");
  assert.equal(neighbours(made, "layers/1/pre_activations", "ArrowRight")[0], "layers/2/pre_activations");
});

test("values are copied row by row", () => {
  assert.equal(csvOf({ name: "w", shape: [2, 2], data: Float64Array.of(1, -2, 0.5, 1e-7) }), "1,-2\n0.5,1e-7\n");
});
