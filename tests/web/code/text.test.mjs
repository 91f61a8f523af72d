/** Sentences of the Code panel. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkWords, comparisonWords, placed, short, verdictWords } from "../../../web/code/text.js";

const verdict = (verdict, relative_error = 0.25) => ({ tensor: "layers/0/grad_biases", verdict, relative_error });

test("a check is announced with its wrong gradients first", () => {
  const all = (...verdicts) => checkWords.announced({ verdicts: verdicts.map((each) => verdict(each)) });
  assert.equal(all("right", "right"), "Gradient check passed: 2 of 2 right.");
  assert.equal(all("wrong", "right", "right"), "Gradient check: 1 gradient is wrong, 2 of 3 right.");
  assert.equal(
    all("right", "too_small"),
    "Gradient check passed: 1 of 2 right. 1 gradient is too small to be checked by differences.",
  );
});

test("a verdict says its matrix, its word and its error", () => {
  assert.equal(verdictWords(verdict("wrong"), 3), "Gradient of layer 1 biases: wrong, relative error 0.25");
  assert.equal(verdictWords(verdict("right", 4e-10), 3), "Gradient of layer 1 biases: right, relative error 4e-10");
  assert.equal(verdictWords(verdict("too_small"), 3), "Gradient of layer 1 biases: cannot be checked by differences");
});

test("errors are short", () => {
  assert.deepEqual([0, 3.6e-11, 0.0099, 0.25, 0.815].map(short), ["0", "4e-11", "1e-2", "0.25", "0.81"]);
});

test("a failure says its place, as far as it is known", () => {
  assert.equal(placed({ file: "model.py", line: 7, message: "Syntax error." }), "model.py, line 7: Syntax error.");
  assert.equal(placed({ file: "model.py", line: null, message: "Model is missing." }), "model.py: Model is missing.");
  assert.equal(placed({ file: null, line: null, message: "It failed." }), "It failed.");
});

test("a comparison says where the runs part, and how exactly that is known", () => {
  const words = (parted_after, exact = true, steps = 240) =>
    comparisonWords({ parted_after, exact, steps, tensors: [] });
  assert.equal(words(1), "The losses part after step 1.");
  assert.equal(
    words(1200, false),
    "The losses part after step 1,200 or a little before: the history keeps averages there.",
  );
  assert.equal(words(null), "No difference in 240 steps: the losses are equal to the last bit.");
  assert.match(words(null, true, 0), /^The twin has made no step yet/);
});
