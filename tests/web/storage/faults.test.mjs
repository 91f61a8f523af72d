/** Whatever IndexedDB does, the storage keeps its promises; and this test would notice if it did not. */

import assert from "node:assert/strict";
import * as forgetsAborts from "./broken/forgets_aborts.mjs";
import * as resolvesOnSuccess from "./broken/resolves_on_success.mjs";
import { runMatrix } from "./matrix.mjs";

// All is run before node:test is there: it follows each promise, which takes longer than the promises do.
const { cases, failures } = await runMatrix();
const found = [];
for (const [name, { connect }] of Object.entries({ forgetsAborts, resolvesOnSuccess }))
  found.push({ name, failures: (await runMatrix(connect, 1)).failures });
const { test } = await import("node:test");

test("every operation, every failure, retried or killed", (context) => {
  context.diagnostic(`${cases} cases`);
  assert.deepEqual(failures, []);
  assert.ok(cases > 2_000);
});

for (const { name, failures } of found) {
  test(`a module that ${name} is found out`, (context) => {
    assert.equal(failures.length, 1);
    context.diagnostic(failures[0]);
  });
}
