/** Whatever IndexedDB does, the storage keeps its promises; and this test would notice if it did not. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as forgetsAborts from "./broken/forgets_aborts.mjs";
import * as resolvesOnSuccess from "./broken/resolves_on_success.mjs";
import { runMatrix } from "./matrix.mjs";

test("every operation, every failure, retried or killed", async (context) => {
  const { cases, failures } = await runMatrix();
  context.diagnostic(`${cases} cases`);
  assert.deepEqual(failures, []);
  assert.ok(cases > 2_000);
});

for (const [name, { connect }] of Object.entries({ forgetsAborts, resolvesOnSuccess })) {
  test(`a module that ${name} is found out`, async (context) => {
    const { failures } = await runMatrix(connect, 1);
    assert.equal(failures.length, 1);
    context.diagnostic(failures[0]);
  });
}
