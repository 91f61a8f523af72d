/** How often what is done beside training may come. */

import assert from "node:assert/strict";
import test from "node:test";
import { createBudget, createCosts } from "../../../web/ui/throttle.js";

/** A budget of 2% and a clock; `spend(ms)` does work that takes so long, `wait()` returns after how long it is due again. */
function planted({ every = 900, most = 10_000, tick = 1 } = {}) {
  let time = 0;
  const budget = createBudget({ every, share: 0.02, most, now: () => Math.floor(time / tick) * tick });
  const spend = (ms) =>
    budget.spend(async () => {
      time += ms;
    });
  const wait = () => {
    const began = time;
    while (!budget.due()) time += 1;
    return time - began;
  };
  const pass = (ms) => {
    time += ms;
  };
  return { budget, spend, wait, pass };
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
  "nearly the same": (i) => 50 + (i % 3),
  "dearer and dearer": (i) => i,
};
for (const [name, costOf] of Object.entries(DEAR)) {
  test(`all together keep to the share: ${name}`, async () => {
    const { spend, wait } = planted({ most: Number.POSITIVE_INFINITY });
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
    assert.ok(spent <= 0.021 * time, `${spent} of ${time} ms`);
  });
}

const HOURS = 3 * 3600 * 1000;
for (const cost of [5000, 600_000, HOURS]) {
  test(`one that takes ${cost} ms, among cheap ones, changes nothing; nor does a second one`, async () => {
    const { spend, wait } = planted();
    for (let i = 0; i < 20; i++) {
      await spend(i === 7 || i === 9 ? cost : 5);
      assert.ok(wait() <= 900, `after ${i}`);
    }
  });

  test(`however long they take, and be it ${cost} ms from the first one on, the next is due in 3 s`, async () => {
    const { spend, wait } = planted({ most: 3000 });
    for (let i = 0; i < 10; i++) {
      await spend(cost);
      assert.equal(wait(), 3000);
    }
  });
}

for (const tick of [16.67, 100]) {
  for (const cost of [0.3, 2, 5, 30]) {
    test(`a clock of ${tick} ms, and ${cost} ms each time: the share is kept, and not by never doing it`, async () => {
      const { spend, wait, pass } = planted({ every: 0, tick });
      let [spent, time] = [0, 0];
      while (time < 120_000) {
        await spend(cost);
        spent += cost;
        pass(16); // a slice of training in between
        time += cost + 16 + wait();
      }
      const share = spent / time;
      assert.ok(share <= 0.06 && share >= 0.002, `${share}`);
    });
  }
}

test("a cost that the coarse clock shows as 0 is not 0 for ever", () => {
  const costs = createCosts();
  for (let i = 0; i < 9; i++) costs.add(0);
  assert.equal(costs.median(), undefined);
  costs.add(100);
  assert.deepEqual([costs.median(), costs.least()], [10, 10]);
  costs.add(-100, 5); // two clocks whose ticks fall at other moments
  costs.add(150, 5);
  assert.equal(costs.least(), 5);
});

test("it can be hurried, and a failure is no reason to ask again at once", async () => {
  const { budget, spend, wait } = planted();
  await spend(5);
  budget.hurry();
  assert.ok(budget.due());
  await assert.rejects(budget.spend(() => Promise.reject(new Error("stopped"))));
  assert.equal(wait(), 900);
});
