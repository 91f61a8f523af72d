/** Numbers in words: few is not none, and nearly all is not all. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, epochs, percent, points, positive } from "../../../web/ui/format.js";

test("a share as a percentage", () => {
  for (const [share, text] of [
    [0, "0%"],
    [1, "100%"],
    [0.975, "97.5%"],
    [1999 / 2000, "99.95%"],
    [1 / 3000, "0.03%"],
    [1 - 1e-7, "99.99999%"],
    [1e-300, "under 0.000001%"],
    [1 - 2 ** -53, "over 99.999999%"],
    [0.0145, "1.5%"],
    [0.0155, "1.6%"],
    [0.1825, "18.3%"],
    [null, "–"],
    [undefined, "–"],
    [Number.NaN, "–"],
  ])
    assert.equal(percent(share), text);
  assert.equal(percent(0.145, 0), "15%");
  for (let of = 1; of <= 2000; of += 7)
    for (const some of [0, 1, of - 1, of]) {
      assert.equal(percent(some / of) === "0%", some === 0, `${some} of ${of}`);
      assert.equal(percent(some / of) === "100%", some === of, `${some} of ${of}`);
    }
});

test("a difference of shares, epochs, a rate", () => {
  assert.equal(points(0.025), "2.5 percentage points");
  assert.equal(points(0.01), "1 percentage point");
  assert.equal(points(1 / 30_000), "0.003 percentage points");
  assert.equal(epochs(3), "3");
  assert.equal(epochs(2.5), "2.50");
  assert.equal(epochs(2.9975), "2.998");
  assert.equal(epochs(0.0025), "0.003");
  assert.equal(positive(0.04, 1), "0.04");
  assert.equal(positive(0, 1), "0.0");
});

test("a duration never has 60 seconds in a minute", () => {
  assert.equal(duration(0.04), "0.04 s");
  assert.equal(duration(59.94), "59.9 s");
  assert.equal(duration(59.96), "1 min 0 s");
  assert.equal(duration(119.6), "2 min 0 s");
  assert.equal(duration(119.4), "1 min 59 s");
  for (let tenths = 0; tenths < 4000; tenths++) assert.doesNotMatch(duration(tenths / 10 + 0.04), /\b60(\.\d)? s/);
});
