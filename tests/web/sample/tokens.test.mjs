/** Typed tokens, and how many of them fit as tiles. */

import assert from "node:assert/strict";
import test from "node:test";
import { spelled, tilesIn, tokensIn } from "../../../web/sample/tokens.js";

test("one-character tokens need no spaces, and may have them", () => {
  for (const text of ["cdcc", " c d cc ", "c\td c c"])
    assert.deepEqual(tokensIn(text, ["c", "d"]), ["c", "d", "c", "c"]);
  assert.deepEqual(tokensIn("a,b", ["a", "b"]), ["a", ",", "b"]);
  assert.deepEqual(tokensIn("🙂a", ["🙂", "a"]), ["🙂", "a"]);
});

test("longer tokens are separated", () => {
  assert.deepEqual(tokensIn(" t1  t20,t3 ", ["t1", "t20", "t3"]), ["t1", "t20", "t3"]);
});

test("tokens are written so that they are read as the same", () => {
  for (const tokens of [
    ["a", "b"],
    ["t1", "b"],
  ])
    assert.deepEqual(tokensIn(spelled(tokens), tokens), tokens);
});

test("tiles are 22 px, else 16 px, else only the last of them", () => {
  const four = ["c", "d", "c", "c"];
  assert.deepEqual(tilesIn(four, "a", 220), { size: 22, width: 22, shown: four, isCut: false });
  assert.deepEqual(tilesIn(four, "a", 118), { size: 16, width: 16, shown: four, isCut: false });
  const thirty = Array.from({ length: 30 }, (_, k) => "abcd"[k % 4]);
  const { size, shown, isCut } = tilesIn(thirty, "a", 220);
  assert.equal(size, 16);
  assert.ok(isCut);
  assert.deepEqual(shown, thirty.slice(-shown.length));
  assert.ok(shown.length * 18 + 14 + 16 + 12 <= 220 && (shown.length + 1) * 18 + 14 + 16 + 12 > 220);
});

test("longer tokens have wider tiles", () => {
  assert.ok(tilesIn(["t10", "t3"], "t15", 220).width > 22);
  assert.equal(tilesIn(["t10"], "t15", 10).shown.length, 1);
});
