/** Markdown of statements and hints: paragraphs, formulas, lists and code, and nothing else. */

import assert from "node:assert/strict";
import test from "node:test";
import { blocks, partsOf } from "../../../web/exercises/markdown.js";

test("paragraphs, formulas and lists", () => {
  assert.deepEqual(
    blocks("One\nline.\n\n    a = b\n    c = d\n\n- x\n- y\n").map(({ kind, parts }) => [kind, parts[0].text]),
    [
      ["paragraph", "One line."],
      ["formula", "a = b"],
      ["formula", "c = d"],
      ["item", "x"],
      ["item", "y"],
    ],
  );
});

test("code between backticks; a single one is text, and so is markup", () => {
  assert.deepEqual(partsOf("`dz` holds <b>`W`"), [
    { code: true, text: "dz" },
    { code: false, text: " holds <b>" },
    { code: true, text: "W" },
  ]);
  assert.deepEqual(partsOf("a ` b"), [{ code: false, text: "a ` b" }]);
});
