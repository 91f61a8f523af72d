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

test("one hiccup among cheap ones changes nothing", async () => {
  const { spend, wait } = planted();
  for (let i = 0; i < 20; i++) {
    const cost = i === 9 ? 100 : 5;
    await spend(cost);
    assert.equal(wait(), 900 - cost, `after ${i}`);
  }
});

test("what is dear each time takes its share and no more, from the first on", async () => {
  const { spend, wait } = planted();
  for (let i = 0; i < 3; i++) {
    await spend(100);
    assert.equal(wait(), 5000 - 100);
  }
});

const DEAR = {
  "always the same": () => 60,
  "dear and cheap by turns": (i) => (i % 2 ? 100 : 5),
  "dear one time in three": (i) => (i % 3 ? 5 : 100),
  "dear one time in nine": (i) => (i % 9 ? 20 : 300),
  "dearer and dearer": (i) => i,
};
for (const [name, costOf] of Object.entries(DEAR)) {
  test(`all together keep to the share: ${name}`, async () => {
    const { spend, wait } = planted();
    let [spent, time] = [0, 0];
    for (let i = 0; i < 300; i++) {
      const cost = costOf(i);
      await spend(cost);
      spent += cost;
      time += cost + wait();
    }
    for (let i = 0; i < 8; i++) {
      await spend(0); // the last ones are paid for too
      time += wait();
    }
    assert.ok(spent <= 0.02 * time, `${spent} of ${time} ms`);
  });
}

test("it can be hurried, and a failure is no reason to ask again at once", async () => {
  const { budget, spend, wait } = planted();
  await spend(5);
  budget.hurry();
  assert.ok(budget.due());
  await assert.rejects(budget.spend(() => Promise.reject(new Error("stopped"))));
  assert.equal(wait(), 900);
});
