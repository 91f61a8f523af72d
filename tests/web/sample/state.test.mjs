/** Which sample the corner shows: the row pointed at, the chosen one, the first, or the visitor's tokens. */

import assert from "node:assert/strict";
import test from "node:test";
import { initialSample, outlinedRow, rowOf, shownSample } from "../../../web/sample/state.js";
import { sentence, tally } from "../../../web/sample/text.js";

const LOGITS = Float32Array.of(0, 1, 2, 3, 9, 1);
const samples = ["ab", "cd", "ef"].map((word) => ({ input: [...word], target: "no" }));

function stateWith({ cell = null, loss = "cross_entropy", ...sample } = {}) {
  const net = {
    run_id: "one",
    forward: { tensors: [{ name: "layers/0/pre_activations", shape: [3, 2], data: LOGITS }] },
  };
  return {
    run: { id: "one", config: { trainer: { loss_type: loss } } },
    network: { cell },
    sample: { ...initialSample(), seen: { net, samples }, ...sample },
  };
}

test("the row pointed at comes before the chosen one, and that before the first", () => {
  assert.equal(rowOf(stateWith()), 0);
  assert.equal(rowOf(stateWith({ row: 2 })), 2);
  const at = (tensor) => rowOf(stateWith({ row: 2, cell: { tensor, row: 1, col: 0 } }));
  assert.equal(at("layers/0/grad_activations"), 1);
  assert.equal(at("inputs"), 1);
  assert.equal(at("layers/0/weights"), 2);
});

test("a batch that has become shorter shows its last sample", () => {
  assert.equal(rowOf(stateWith({ row: 9 })), 2);
  assert.equal(outlinedRow(stateWith({ row: 9 })), 2);
  assert.equal(outlinedRow(stateWith()), null);
});

test("probabilities are the softmax of that row's logits; MSE has outputs", () => {
  const { tokens, probabilities, outputs } = shownSample(stateWith({ row: 2 }));
  assert.deepEqual(tokens, ["e", "f"]);
  assert.ok(Math.abs(probabilities[0] - 1 / (1 + Math.exp(-8))) < 1e-12);
  assert.deepEqual([...outputs], [9, 1]);
  assert.equal(shownSample(stateWith({ loss: "mse" })).probabilities, null);
});

test("a pass of another run is not shown", () => {
  const state = stateWith();
  assert.equal(shownSample({ ...state, run: { ...state.run, id: "two" } }), null);
});

test("one sentence says everything", () => {
  const words = sentence(shownSample(stateWith({ row: 2 })), ["no", "yes"], false);
  assert.equal(words, "Sample 3 of 3: e f, target no. The network predicts no, probability 1.00.");
  const own = { tokens: ["a", "b"], target: null, outputs: [0, Number.NaN], probabilities: null };
  assert.equal(
    sentence(shownSample(stateWith({ own })), ["no", "yes"], false),
    "Your tokens: a b. No probabilities: an output is not finite.",
  );
});

test("generated tokens are counted by kind", () => {
  assert.equal(tally(["new", "training", "new"]), "1 in the training set (underlined), 2 new");
});
