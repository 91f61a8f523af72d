/** What New run says of the size of the cells, against the plan of the page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fitWords } from "../../../web/network/fit.js";

const STAGE = { width: 1416, height: 585, head: 46, dpr: 1, phone: false, low: false };
const PHONE = { ...STAGE, width: 378, height: 0, phone: true };

const plan = (shape, batch_size = 10, dataset = {}) => ({
  shape,
  num_train: 80,
  config: {
    dataset: { encoding: "one_hot", embedding_dim: 8, vocabulary: ["a", "b"], ...dataset },
    trainer: { batch_size },
  },
});

test("an ordinary network fits with the cells that the plan has", () => {
  assert.equal(fitWords(plan([16, 32, 32, 4]), STAGE), "fits: 7 px");
  assert.equal(fitWords(plan([16, 32, 32, 4], 1000), STAGE), "large: 32 samples are shown at a time");
});

test("long axes are squeezed, then scrolled", () => {
  assert.equal(fitWords(plan([16, 128, 128, 128, 4], 10), STAGE), "large: wide layers are shown at 1 px");
  assert.equal(fitWords(plan([16, 1024, 4]), STAGE), "large: wide layers are shown in part");
});

test("where the page scrolls, nothing has to fit", () => {
  assert.match(fitWords(plan([16, 32, 32, 4]), PHONE), /^cells of \d(\.\d)? px$/);
  assert.match(fitWords(plan([16, 32, 32, 4]), null), /^fits: \d+ px$/);
});

test("an embedding has its table", () => {
  const words = fitWords(plan([32, 32, 4], 10, { encoding: "embedding" }), STAGE);
  assert.match(words, /^fits: \d+ px$/);
});
