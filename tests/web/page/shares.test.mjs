/** Shares and accuracies in the texts of several rooms. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { QUANTITIES, quantityText } from "../../../web/flow/text.js";
import { describeCoverage } from "../../../web/legend/text.js";
import { gapWords } from "../../../web/metrics/gap_text.js";
import { withoutPrediction } from "../../../web/metrics/text.js";
import { COLUMNS } from "../../../web/runs/columns.js";
import { describeRun } from "../../../web/ui/format.js";

test("a share as a percentage, wherever it is", () => {
  assert.equal(quantityText(0.9996, QUANTITIES.dead), "99.96%");
  assert.equal(quantityText(0.0001, QUANTITIES.flat), "0.01%");
  assert.equal(quantityText(Number.NaN, QUANTITIES.flat), "–");
  assert.match(describeCoverage({ hidden: 0.145, clipped: 0.9999 }).join(" "), /^15% .* 99% beyond the scale/);
  assert.match(QUANTITIES.update_ratio.label, /Relative update size/);
  assert.doesNotMatch(QUANTITIES.update_ratio.unit, /usual/);
});

test("where there is no accuracy, none is said", () => {
  const metrics = { step: 3, loss: Number.NaN, accuracy: null, held_out_loss: null, held_out_accuracy: null };
  const run = { step: 3, metrics };
  assert.equal(describeRun({ run, training: { batchLoss: Number.NaN } }), "Step 3, batch loss NaN.");
  const { text } = COLUMNS.find(({ id }) => id === "accuracy");
  assert.equal(text({ metrics }), "–");
  assert.equal(gapWords([{ name: "Training", loss: Number.NaN, accuracy: null, best: 1, floor: 0, unit: "nats" }]), "");
  const counts = { train: Int32Array.of(3, 0, 1, 2), held_out: null, num_train: 7, num_held_out: 0 };
  assert.match(withoutPrediction(counts), /^1 sample has no prediction/);
  assert.equal(withoutPrediction({ ...counts, num_train: 6 }), "");
});
