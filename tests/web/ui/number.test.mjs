/** Numbers with fixed decimals: a half goes one way always. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed } from "../../../web/ui/number.js";

test("every half away from zero", () => {
  for (let tenths = 0; tenths < 1000; tenths++) {
    const half = Number(`${tenths / 10}5`.replace(/^(\d+)5$/, "$1.05"));
    assert.equal(fixed(half, 1), (Math.floor(tenths + 1) / 10).toFixed(1), String(half));
    assert.equal(Number(fixed(-half, 1)), -Number(fixed(half, 1)));
  }
});
