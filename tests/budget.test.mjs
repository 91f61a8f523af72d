/** How often what is done beside training may come. */

import assert from "node:assert/strict";
import test from "node:test";
import { createBudget } from "../web/budget.js";

/** A budget of 2% and a clock; `spend(ms)` does work that takes so long, `wait()` returns after how long it is due again. */
function planted(every = 900) {
  let time = 0;
  const budget = createBudget({ every, share: 0.02, now: () => time });
  const spend = (ms) =>
    budget.spend(async () => {
      time += ms;
    });
  const wait = () => {
    const began = time;
    while (!budget.due()) time += 1;
    return time - began;
  };
  return { budget, spend, wait };
}

test("it is due at first, and then at its distance", async () => {
  const { budget, spend, wait } = planted();
  assert.ok(budget.due());
  await spend(5);
  assert.equal(wait(), 895);
});

test("one hiccup changes nothing, wherever it comes", async () => {
  for (const hiccup of [0, 1, 4]) {
    const { spend, wait } = planted();
    for (let i = 0; i < 6; i++) {
      const cost = i === hiccup ? 100 : 5;
      await spend(cost);
      assert.equal(wait(), 900 - cost, `save ${i} after a hiccup at ${hiccup}`);
    }
  }
});

test("what is dear each time takes its share and no more", async () => {
  const { spend, wait } = planted();
  await spend(100);
  wait();
  for (let i = 0; i < 3; i++) {
    await spend(100);
    assert.equal(wait(), 5000 - 100);
  }
});

test("it can be hurried, and a failure is no reason to ask again at once", async () => {
  const { budget, spend, wait } = planted();
  await spend(5);
  budget.hurry();
  assert.ok(budget.due());
  await assert.rejects(budget.spend(() => Promise.reject(new Error("stopped"))));
  assert.equal(wait(), 900);
});
