/** State of the exercises: progress after checks and help, the next task, and lines to hide. */

import assert from "node:assert/strict";
import test from "node:test";
import {
  attempted,
  begun,
  countSolved,
  helped,
  hiddenLines,
  initialExercises,
  nextHelp,
  nextTask,
  progressOf,
  sealedFile,
  solutionsOf,
  sourceOf,
} from "../../../web/exercises/state.js";
import { statusText } from "../../../web/exercises/text.js";

const COURSE = {
  exercises: [
    { number: 1, name: "one", title: "One", used_by_network: true },
    { number: 2, name: "two", title: "Two", used_by_network: false },
  ],
  cases: 2,
  steps: 300,
};
const OPENED = { kind: "exercise", number: 1 };
const TASK = { name: "one", stub: "stub", answers: [{ file: "model.py", first: 1, last: 1, text: "x" }] };
const opened = (changes = {}) => ({ ...initialExercises(), course: COURSE, opened: OPENED, task: TASK, ...changes });
const of = (task) => opened({ progress: { one: { ...progressOf(opened()), ...task } } });

test("the first right check is kept, and later ones count only as attempts", () => {
  const first = begun(progressOf(opened()), "t0");
  assert.equal(begun(first, "t1").started, "t0");
  const wrong = attempted(first, { isRight: false, source: "a", now: "t1" });
  assert.deepEqual([wrong.attempts, wrong.solved, wrong.solution], [1, null, ""]);
  const right = attempted(wrong, { isRight: true, source: "b", now: "t2" });
  assert.deepEqual([right.attempts, right.attempts_to_solve, right.solved, right.solution], [2, 2, "t2", "b"]);
  const again = attempted(right, { isRight: true, source: "c", now: "t3" });
  assert.deepEqual([again.attempts, again.attempts_to_solve, again.solved, again.solution], [3, 2, "t2", "c"]);
  assert.equal(attempted(again, { isRight: false, source: "d", now: "t4" }).solution, "c");
});

test("help is noted with its first time", () => {
  const task = helped(helped(progressOf(opened()), "factor", "t1"), "factor", "t2");
  assert.deepEqual(task.help, { factor: "t1" });
  assert.equal(nextHelp({ opened: OPENED, hints: [] }), "factor");
  assert.equal(nextHelp({ opened: { kind: "clinic", number: 1 }, hints: [{}, {}] }), "answer");
  assert.equal(nextHelp({ opened: OPENED, hints: [{}, {}, {}, {}] }), undefined);
});

test("an emptied file stays empty, and one that was not edited is the stub", () => {
  assert.equal(sourceOf(opened()), "stub");
  assert.equal(sourceOf(of({ source: "" })), "");
});

test("lines are hidden until the exercise is solved or they were asked for", () => {
  assert.equal(hiddenLines(opened()), TASK.answers);
  assert.deepEqual(hiddenLines(of({ solved: "t" })), []);
  assert.deepEqual(hiddenLines(of({ help: { unfolded: "t" } })), []);
  assert.deepEqual(hiddenLines(opened({ task: null })), []);
});

test("the file of a case is sealed until it is mended or its answer was shown", () => {
  const broken = { task: null, case: { file: "model.py" }, opened: { kind: "clinic", number: 1 } };
  assert.equal(sealedFile(opened(broken)), "model.py");
  assert.equal(sealedFile(opened()), "");
  for (const task of [
    { solved: "t", help: {} },
    { solved: null, help: { answer: "t" } },
  ])
    assert.equal(sealedFile(opened({ ...broken, progress: { clinic_1: task } })), "");
});

test("solutions about the network are those that were right", () => {
  const progress = { one: { solution: "a" }, two: { solution: "b" }, clinic_1: { solved: "t" } };
  assert.deepEqual(solutionsOf(opened({ progress })), { one: "a" });
  assert.deepEqual(countSolved(opened({ progress }), "clinic"), { solved: 1, all: 2 });
});

test("one task leads to the next, to the end of the clinic", () => {
  const ways = [OPENED];
  for (let next = nextTask(opened()); next; next = nextTask(opened({ opened: next }))) ways.push(next);
  assert.deepEqual(
    ways.map(({ kind, number }) => `${kind} ${number}`),
    ["exercise 1", "exercise 2", "capstone 1", "clinic 1", "clinic 2"],
  );
});

test("status in words", () => {
  const task = { started: "t", solved: null, attempts: 0, attempts_to_solve: null, help: {} };
  assert.equal(statusText(undefined), "not opened");
  assert.equal(statusText(task), "opened");
  assert.equal(statusText({ ...task, attempts: 1 }), "1 attempt, not solved");
  const solved = { ...task, solved: "t", attempts: 5, attempts_to_solve: 2 };
  assert.equal(statusText(solved), "solved after 2 attempts");
  assert.equal(statusText({ ...solved, help: { factor: "t" } }), "solved after 2 attempts, with help");
});
