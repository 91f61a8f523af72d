/** Folded lines: found in our text and in edited ones, each once. */

import assert from "node:assert/strict";
import test from "node:test";
import { foldSolutions, isAnswer } from "../../../web/explain/folded.js";

const TEXT = "a\n  b\n  c\nd\n";
const line = (text, file = "model.py") => ({ file, first: 0, last: 0, text });

test("lines are found wherever they stand now", () => {
  assert.deepEqual(foldSolutions("model.py", TEXT, [line("  b\n  c")]), [{ first: 2, last: 3 }]);
  assert.deepEqual(foldSolutions("model.py", `new\n${TEXT}`, [line("  b\n  c")]), [{ first: 3, last: 4 }]);
});

test("lines of another file, and lines that were changed, are not folded", () => {
  assert.deepEqual(foldSolutions("losses.py", TEXT, [line("  b")]), []);
  assert.deepEqual(foldSolutions("model.py", "a\n  B\n", [line("  b")]), []);
});

test("folds that overlap become one", () => {
  assert.deepEqual(foldSolutions("model.py", TEXT, [line("  c"), line("  b\n  c"), line("d")]), [
    { first: 2, last: 3 },
    { first: 4, last: 4 },
  ]);
});

test("a quoted line answers the exercise if it is one of its lines", () => {
  assert.equal(isAnswer("model.py", "b", [line("  b\n  c")]), true);
  assert.equal(isAnswer("model.py", "", [line("  b\n\n  c")]), false);
  assert.equal(isAnswer("losses.py", "b", [line("  b")]), false);
});
