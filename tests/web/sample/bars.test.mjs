/** Bars of classes: which are shown, in which order, with which numbers. */

import assert from "node:assert/strict";
import test from "node:test";
import { barsOf, largest, lengthsOf, output, share, softmax } from "../../../web/sample/bars.js";

const names = (count) => Array.from({ length: count }, (_, j) => `t${j + 1}`);
const rows = ({ rows }) => rows.map(({ name }) => name);

test("softmax sums to 1, does not overflow, and is nothing if a logit is not finite", () => {
  const [a, b] = softmax([1000, 1000 - Math.log(3)]);
  assert.ok(Math.abs(a - 0.75) < 1e-12 && Math.abs(b - 0.25) < 1e-12);
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(softmax([0, wrong]), null);
});

test("up to six classes all are shown, in their order", () => {
  const { rows: all, others } = barsOf([0.1, 0.6, 0.1, 0.1, 0.05, 0.05], names(6), "t3");
  assert.deepEqual(
    all.map(({ name, isRight, isTop }) => [name, isRight, isTop]),
    names(6).map((name) => [name, name === "t3", name === "t2"]),
  );
  assert.equal(others, null);
});

test("of more classes the five most probable are shown, the right one always among them", () => {
  const values = names(64).map((_, j) => (64 - j) / 2080);
  const found = barsOf(values, names(64), "t15");
  assert.deepEqual(rows(found), ["t1", "t2", "t3", "t4", "t15"]);
  assert.equal(found.others.count, 59);
  const shown = found.rows.reduce((sum, { value }) => sum + value, 0);
  assert.ok(Math.abs(found.others.value + shown - 1) < 1e-12);
  assert.deepEqual(rows(barsOf(values, names(64), "t2")), ["t1", "t2", "t3", "t4", "t5"]);
});

test("where there is less room, the line of the others is one of the rows", () => {
  const found = barsOf([0.1, 0.2, 0.4, 0.3], ["a", "b", "c", "d"], "a", 3);
  assert.deepEqual(rows(found), ["c", "a"]);
  assert.equal(found.others.count, 2);
  assert.deepEqual(rows(barsOf([0.1, 0.9], ["a", "b"], null, 2)), ["a", "b"]);
});

test("probabilities have two digits", () => {
  const written = [0, 0.0049, 0.005, 0.0149, 0.48, 0.9949, 0.995, 1].map(share);
  assert.deepEqual(written, ["<.01", "<.01", ".01", ".01", ".48", ".99", "1.00", "1.00"]);
});

test("outputs are drawn beside the largest magnitude", () => {
  const length = lengthsOf([-2, 1, 0]);
  assert.deepEqual([-2, 1, 0].map(length), [1, 0.5, 0]);
  assert.equal(lengthsOf([0, 0])(0), 0);
  assert.equal(lengthsOf([Number.NaN, 1])(1), 0);
  assert.equal(output(-0.12345), "−0.12");
});

test("a value that is no number has no largest beside it", () => {
  assert.equal(largest([1, 3, 3]), 1);
  assert.equal(largest([1, Number.NaN]), -1);
});
