/** The queue of a sweep: every run once, and once more after a failure. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Queue } from "../../../web/sweep/queue.js";

function drained(queue) {
  const taken = [];
  for (let run = queue.take(); run !== undefined; run = queue.take()) taken.push(run);
  return taken;
}

test("runs are taken in order, each once", () => {
  assert.deepEqual(drained(new Queue(4)), [0, 1, 2, 3]);
  assert.deepEqual(drained(new Queue(0)), []);
});

test("a run that fails is next, once", () => {
  const queue = new Queue(3);
  assert.equal(queue.take(), 0);
  assert.equal(queue.take(), 1);
  assert.equal(queue.fail(0), true);
  assert.deepEqual(drained(queue), [0, 2]);
  assert.equal(queue.fail(0), false);
  assert.equal(queue.fail(1), true);
  assert.deepEqual(drained(queue), [1]);
});

test("a run whose worker did not start has lost no attempt", () => {
  const queue = new Queue(1);
  queue.putBack(queue.take());
  assert.equal(queue.take(), 0);
  assert.equal(queue.fail(0), true);
});

test("a queue that is cleared names the runs that are left", () => {
  const queue = new Queue(3);
  queue.take();
  assert.deepEqual(queue.clear(), [1, 2]);
  assert.equal(queue.take(), undefined);
});
