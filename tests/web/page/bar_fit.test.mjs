/** The bar drops as few parts as it must, and does not waver at a border. */

import assert from "node:assert/strict";
import test from "node:test";
import { PARTS, partsToDrop } from "../../../web/page/bar_fit.js";

/** Widths that are needed with ever more parts dropped. */
const NEEDS = [1640, 1600, 1504, 1476, 1380, 1310, 1190, 1080, 950, 900, 822];

test("the order in which parts give way", () => {
  assert.equal(PARTS.join(" "), "saved from only stop brand loss optimizer mode phases batch");
  assert.equal(NEEDS.length, PARTS.length + 1);
});

test("as few parts as possible are dropped, with 12 px to spare", () => {
  for (let width = 834; width < 2000; width++) {
    const count = partsToDrop(width, NEEDS, 0);
    assert.ok(NEEDS[count] + 12 <= width, `${width}`);
    if (count > 0) assert.ok(NEEDS[count - 1] + 12 > width, `${width}`);
  }
});

test("a part comes back only where 24 px more are free, so that nothing flickers at a border", () => {
  assert.equal(partsToDrop(1488, NEEDS, 3), 3);
  assert.equal(partsToDrop(1504 + 12, NEEDS, 3), 3);
  assert.equal(partsToDrop(1504 + 12 + 23, NEEDS, 3), 3);
  assert.equal(partsToDrop(1504 + 12 + 24, NEEDS, 3), 2);
  assert.equal(partsToDrop(1504 + 12, NEEDS, 2), 2);
  assert.equal(partsToDrop(1504 + 11, NEEDS, 2), 3);
});

test("below the least width everything that can give way does", () => {
  assert.equal(partsToDrop(400, NEEDS, 4), PARTS.length);
});
