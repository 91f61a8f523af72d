/** Numbers with fixed decimals: a half goes one way always. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed, tight } from "../../../web/ui/number.js";

test("every half away from zero", () => {
  for (let tenths = 0; tenths < 1000; tenths++) {
    const half = Number(`${tenths / 10}5`.replace(/^(\d+)5$/, "$1.05"));
    assert.equal(fixed(half, 1), (Math.floor(tenths + 1) / 10).toFixed(1), String(half));
    assert.equal(Number(fixed(-half, 1)), -Number(fixed(half, 1)));
  }
});

test("a narrow legend's numbers have at most six letters", () => {
  const expected = { 0: "0", "-0.086": "−0.086", "-0.000314": "−3e-4", 0.000314: "3.1e-4", 12300: "12000" };
  for (const [value, words] of Object.entries(expected)) assert.equal(tight(Number(value)), words);
  for (let power = -99; power < 99; power++)
    for (const value of [1, -1, 9.99, -9.99]) {
      const words = tight(value * 10 ** power);
      assert.ok(words.length <= (value < 0 && power <= -10 ? 7 : 6), words);
    }
});
