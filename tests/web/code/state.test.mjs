/** State of the Code panel. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOf, initialCode, isChanged, isEditable, isRunnable, otherOf, textOf } from "../../../web/code/state.js";

const FILE = { file: "model.py", ours: "ours", mine: null, running: null };
const answer = (more = {}) => ({
  run_id: "r1",
  files: [FILE],
  trained_by: "ours",
  edited: false,
  version: "",
  error: null,
  ...more,
});
const code = (more = {}) => ({ ...initialCode(), answer: answer(), ...more });

test("what is typed is shown before the draft, and the draft before ours", () => {
  assert.equal(textOf(code(), FILE), "ours");
  assert.equal(textOf(code(), { ...FILE, mine: "mine" }), "mine");
  assert.equal(textOf(code({ typed: { "model.py": "typed" } }), { ...FILE, mine: "mine" }), "typed");
  assert.equal(isChanged(code({ typed: { "model.py": "ours" } }), FILE), false);
});

test("files can be edited once a copy is asked for, or there is a draft", () => {
  assert.equal(isEditable(code()), false);
  assert.equal(isEditable(code({ copying: "r2" })), false);
  assert.equal(isEditable(code({ copying: "r1" })), true);
  assert.equal(isEditable(code({ answer: answer({ files: [{ ...FILE, mine: "mine" }] }) })), true);
});

test("Run has something to do after a change, a failure, or for code that waits", () => {
  assert.equal(isRunnable(code()), false);
  assert.equal(isRunnable(code({ typed: { "model.py": "typed" } })), true);
  for (const more of [{ edited: true }, { trained_by: "waiting" }, { error: { message: "It failed." } }])
    assert.equal(isRunnable(code({ answer: answer(more) })), true);
});

test("a check is of one version of the code", () => {
  const checks = { r1: { run_id: "r1", step: 0, version: "a", verdicts: [] } };
  assert.equal(checkOf(code({ checks, answer: answer({ version: "a" }) })), checks.r1);
  assert.equal(checkOf(code({ checks, answer: answer({ version: "b" }) })), null);
  assert.equal(checkOf(code({ checks, answer: answer({ run_id: "r2", version: "a" }) })), null);
});

test("a run is compared with the twin that has the other code", () => {
  const run = (id, trained_by, ...twins) => ({ id, twins, code: { trained_by } });
  const list = [run("a", "mine", "b", "c"), run("b", "mine", "a", "c"), run("c", "ours", "a", "b")];
  assert.equal(otherOf({ run: list[0], runs: { list } })?.id, "c");
  assert.equal(otherOf({ run: list[2], runs: { list } })?.id, "b");
  assert.equal(otherOf({ run: run("d", "mine"), runs: { list } }), null);
});
