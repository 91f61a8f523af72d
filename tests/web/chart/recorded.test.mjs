/** The recorded first run in the chart: its losses so far, on the axes of all of them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { recordedScene } from "../../../web/chart/recorded.js";

const LOSSES = { step: Float64Array.of(3, 6), loss: Float64Array.of(1.3, 1.1), most: { step: 60, loss: 2 } };

test("the axes stay while the line grows", () => {
  const { drawing } = recordedScene(LOSSES);
  assert.deepEqual(drawing.across, [0, 60]);
  assert.deepEqual(drawing.up, [0, 2.2]);
  const [line] = drawing.lines;
  assert.deepEqual([...line.x], [3, 6]);
  assert.deepEqual([...line.main], [1.3, 1.1]);
  assert.equal(line.summed, false);
});
