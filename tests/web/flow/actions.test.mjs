/** What is new among the warnings of a gradient flow. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { newWarnings } from "../../../web/flow/actions.js";

test("a warning is said when it is new, and not again while it stands", () => {
  const answer = (/** @type {string} */ run_id, /** @type {string[]} */ ...kinds) =>
    /** @type {any} */ ({ run_id, warnings: kinds.map((kind) => ({ kind, text: `It is ${kind}.` })) });
  const none = answer("a");
  const dead = answer("a", "dead");
  const both = answer("a", "dead", "large");
  assert.equal(newWarnings(null, none), "");
  assert.equal(newWarnings(null, dead), "It is dead.");
  assert.equal(newWarnings(none, both), "It is dead. It is large.");
  assert.equal(newWarnings(dead, dead), "");
  assert.equal(newWarnings(dead, both), "It is large.");
  assert.equal(newWarnings(both, dead), "");
  assert.equal(newWarnings(none, dead), "It is dead."); // withdrawn, and raised anew
  assert.equal(newWarnings(dead, answer("b", "dead")), "It is dead."); // of another run
});
