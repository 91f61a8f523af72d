/** Numbers that fit into cells, what part of a matrix is shown, the link, and the pace of numbers during Play. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { following, frameOf, nextSize, roomOf, within, zoomed } from "../../../web/look/geometry.js";
import { readLook, writeLook } from "../../../web/look/link.js";
import { cellText } from "../../../web/look/numbers.js";
import { createRecent } from "../../../web/look/recent.js";
import { pairOf } from "../../../web/look/state.js";
import { edgeName, nameOf, partWords } from "../../../web/look/text.js";
import "../schema.mjs";

test("a number has as many digits as fit", () => {
  for (const [value, text] of [
    [0, "0"],
    [1, "1.00"],
    [-0.01553, "−.0155"],
    [0.257, ".257"],
    [-0.00946, "−.00946"],
    [0.0003271, ".000327"],
    [-0.000151, "−.00015"],
    [0.0000281, "2.81e-5"],
    [-0.0000078, "−7.8e-6"],
    [-1.23e-12, "−1e-12"],
    [-4.56e-100, "−5e-100"],
    [12345, "12300"],
    [-123456, "−1.23e5"],
    [7.18, "7.18"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "∞"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ])
    assert.equal(cellText(value, 50), text, String(value));
});

test("narrow cells have few digits, or no number", () => {
  assert.equal(cellText(-0.01553, 36), "−.016");
  assert.equal(cellText(-0.0000078, 36), "−8e-6");
  assert.equal(cellText(-1.23e-12, 36), "");
  assert.equal(cellText(Number.NaN, 36), "NaN");
  assert.equal(cellText(0.5, 28), "");
});

test("wide cells have the digits of float64", () => {
  assert.equal(cellText(0.123456789, 96, true), ".123457");
  assert.equal(cellText(0.123456789, 96), ".123");
  assert.equal(cellText(0.123456789, 64, true), ".123");
  assert.equal(cellText(-1.23456789e-12, 96, true), "−1.23457e-12");
});

test("no number is wider than its cell", () => {
  for (const size of [36, 44, 50, 64, 96])
    for (let power = -320; power <= 308; power += 1)
      for (const value of [1, -9.9996, Math.PI].map((one) => one * 10 ** power))
        for (const isDouble of [false, true])
          assert.ok(cellText(value, size, isDouble).length * 6.1 <= size - 5, `${value} in ${size}`);
});

test("whole cells are shown, as many as fit", () => {
  const room = roomOf({ width: 676, height: 420, phone: false }, false);
  assert.deepEqual(room, { width: 618, height: 412, down: 22, usual: 50 });
  assert.deepEqual(frameOf(room, 50, [32, 32]), { across: 51, down: 23, rows: 17, columns: 12 });
  assert.deepEqual(frameOf(room, 50, [1, 4]), { across: 51, down: 23, rows: 1, columns: 4 });
  assert.deepEqual(frameOf({ ...room, width: 10, height: 3 }, 96, [1024, 1024]).rows, 1);
  const phone = roomOf({ width: 171, height: 1, phone: true }, true);
  assert.deepEqual(phone, { width: 304, height: 406, down: 28, usual: 44 });
});

test("what is shown follows the cell, and stays within the matrix", () => {
  assert.equal(following(10, 5, 12), 10);
  assert.equal(following(10, 5, 9), 9);
  assert.equal(following(10, 5, 15), 11);
  assert.equal(within(-3, 5, 32), 0);
  assert.equal(within(30, 5, 32), 27);
  assert.equal(within(2, 5, 5), 0);
});

test("sizes of cells are steps, and a zoom keeps its column in place", () => {
  assert.deepEqual(
    [44, 50, 96, 20].map((size) => [nextSize(size, -1), nextSize(size, 1)]),
    [
      [36, 50],
      [36, 64],
      [64, 96],
      [20, 28],
    ],
  );
  assert.equal(zoomed({ first: 10, unit: 14, before: 51, after: 97 }), 12);
  assert.equal(zoomed({ first: 10, unit: 10, before: 51, after: 29 }), 10);
});

test("the link names a cell, or is refused", () => {
  assert.deepEqual(readLook("#why=inputs,0,0&look=layers/1/weights,8,16").place, {
    tensor: "layers/1/weights",
    row: 8,
    col: 16,
  });
  assert.deepEqual(readLook("look=layers%2F1%2Fweights%2C8%2C16").place?.col, 16);
  assert.deepEqual(readLook("look=inputs").place, { tensor: "inputs", row: 0, col: 0 });
  assert.deepEqual(readLook("hidden=32"), { place: null, notice: "" });
  for (const bad of ["look=", "look=<b>,1,2", "look=inputs,1", "look=inputs,-1,2", "look=inputs,1,99999999"])
    assert.match(readLook(bad).notice, /must be a tensor/, bad);
  assert.equal(writeLook("#look=inputs,1,2&present", { tensor: "inputs", row: 3, col: 4 }), "present&look=inputs,3,4");
  assert.equal(writeLook("#look=inputs,1,2&present", null), "present");
});

test("a matrix stands beside its gradient", () => {
  const pair = { forward: "layers/1/weights", backward: "layers/1/grad_weights" };
  assert.deepEqual(pairOf("layers/1/weights"), { ...pair, side: "forward" });
  assert.deepEqual(pairOf("layers/1/grad_weights"), { ...pair, side: "backward" });
  assert.deepEqual(pairOf("layers/1/velocity_weights"), {
    ...pair,
    forward: "layers/1/velocity_weights",
    side: "forward",
  });
});

test("names of matrices and of their edges", () => {
  const facts = { layers: 3, dataset: null, samples: [] };
  const name = (of) =>
    nameOf(of, facts)
      .map(({ text }) => text)
      .join("");
  assert.equal(name("layers/1/weights"), "Layer 2 W");
  assert.equal(name("layers/2/grad_pre_activations"), "Output ∂L/∂z");
  assert.equal(name("inputs"), "Inputs x");
  assert.equal(name("layers/0/velocity_weights"), "Layer 1 velocity of W");
  assert.equal(name("embedding/grad_weights"), "Embedding ∂L/∂table");
  const part = { top: 8, left: 16, rows: 18, columns: 12, shape: [32, 32] };
  assert.equal(partWords(part), "rows 9–26, columns 17–28 of 32×32");
  assert.equal(partWords({ ...part, top: 0, rows: 1, shape: [1, 32] }), "row 1, columns 17–28 of 1×32");
  assert.equal(edgeName({ noun: "unit", names: null, group: 0 }, 16, []), "17");
  assert.equal(edgeName({ noun: "token", names: ["a", "b", "a", "b"], group: 2 }, 3, []), "2 b");
  assert.equal(edgeName({ noun: "bias", names: null, group: 0 }, 0, []), "");
  const sample = { input: ["c", "d", "c", "c"], target: "d" };
  assert.equal(edgeName({ noun: "sample", names: ["cdcc → d"], group: 0 }, 0, [sample]), "cdcc→d");
});

test("numbers follow ten times a second while training plays, and at once when it ends", () => {
  let now = 0;
  const recent = createRecent(() => now);
  const net = (passing, run_id = "a") => ({ passing, run_id });
  const [first, second, third, other, last] = [net(true), net(true), net(true), net(true, "b"), net(false, "b")];
  assert.equal(recent(first), first);
  now = 50;
  assert.equal(recent(second), first);
  now = 100;
  assert.equal(recent(third), third);
  now = 110;
  assert.equal(recent(other), other);
  assert.equal(recent(last), last);
});
