/** Drafts on their way to Python. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Drafts } from "../../../web/code/drafts.js";

/** @returns {{drafts: Drafts, saved: string[][]}} */
function made() {
  /** @type {string[][]} */
  const saved = [];
  return { drafts: new Drafts(async (...draft) => void saved.push(draft)), saved };
}

test("a draft is kept when typing pauses, as it was typed last", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { drafts, saved } = made();
  for (const text of ["a", "ab", "abc"]) {
    drafts.type("r1", "model.py", text);
    mock.timers.tick(300);
  }
  assert.deepEqual(saved, []);
  mock.timers.tick(400);
  await drafts.flush();
  assert.deepEqual(saved, [["r1", "model.py", "abc"]]);
  mock.timers.reset();
});

test("drafts of another run are kept at once, each with its run", async () => {
  const { drafts, saved } = made();
  drafts.type("r1", "model.py", "one");
  drafts.type("r1", "losses.py", "two");
  drafts.type("r2", "model.py", "three");
  await drafts.flush();
  assert.deepEqual(saved, [
    ["r1", "model.py", "one"],
    ["r1", "losses.py", "two"],
    ["r2", "model.py", "three"],
  ]);
});

test("a dropped draft is not kept", async () => {
  const { drafts, saved } = made();
  drafts.type("r1", "model.py", "one");
  drafts.type("r1", "losses.py", "two");
  drafts.drop("model.py");
  await drafts.flush();
  assert.deepEqual(saved, [["r1", "losses.py", "two"]]);
  drafts.type("r1", "model.py", "three");
  drafts.drop();
  await drafts.flush();
  assert.equal(saved.length, 1);
});
