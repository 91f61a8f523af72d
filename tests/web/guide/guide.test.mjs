/** “Start here”: which step is done by which state, its links, and what a visitor's storage may hold. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { createGuide, initialGuide } from "../../../web/guide/actions.js";
import { readGuide, withoutGuide } from "../../../web/guide/link.js";
import { STEPS } from "../../../web/guide/steps.js";
import { createStore } from "../../../web/page/store.js";

const RUN = { id: "one", step: 0, active: true };
const SLICES = {
  page: { boot: "ready", dialog: null },
  panels: { tab: "guide", collapsed: false },
  network: { cell: null },
  explain: { why: null },
  training: {},
  runs: { list: [RUN] },
};
const explaining = (tensor) => ({ explain: { why: { trail: [{ tensor, row: 0, col: 0 }] } } });
const at = (step) => ({ runs: { list: [{ ...RUN, step }] } });
/** A change that finishes the step, and one that does not. */
const CHANGES = [
  [{ network: { cell: { tensor: "inputs", row: 0, col: 1 } } }, { network: { cell: { tensor: "layers/0/weights" } } }],
  [explaining("layers/0/pre_activations"), explaining("layers/0/grad_pre_activations")],
  [explaining("loss"), explaining("layers/2/pre_activations")],
  [explaining("layers/1/grad_weights"), explaining("layers/1/weights")],
  [at(1), at(0)],
  [at(100), at(99)],
  [{ panels: { tab: "metrics", collapsed: false } }, { panels: { tab: "metrics", collapsed: true } }],
  [
    {
      runs: {
        list: [
          { ...RUN, active: false },
          { id: "two", active: true },
        ],
      },
    },
    { page: { dialog: "new_run" } },
  ],
];

/** A store with the guide, whose ring writes down what it is around. */
function page() {
  const store = createStore(structuredClone(SLICES));
  const rings = [];
  const ring = { point: (step) => rings.push(step), reveal() {}, focus() {} };
  const guide = createGuide(store, { ring });
  store.add(guide);
  return { store, guide, rings };
}

test("a step is done by its own change, and by no other", () => {
  for (const [index, [right, wrong]] of CHANGES.entries()) {
    const { store, guide, rings } = page();
    guide.actions.go(index + 1);
    store.set(wrong);
    assert.equal(store.get().guide.done[index], false, STEPS[index].title);
    assert.ok(index >= 6 || rings.at(-1) === STEPS[index]);
    store.set({ ...structuredClone(SLICES), ...right });
    assert.deepEqual(
      store.get().guide.done,
      STEPS.map((_, other) => other === index),
      STEPS[index].title,
    );
    assert.equal(rings.at(-1), null);
  }
});

test("what was true before a step began does not finish it", () => {
  const { store, guide } = page();
  store.set(at(7));
  guide.actions.go(5);
  store.set({ network: { cell: null } });
  assert.equal(store.get().guide.done[4], false);
  store.set(at(8));
  assert.equal(store.get().guide.done[4], true);
});

test("nothing opens by itself, and closing returns to Explain", () => {
  const { store, guide, rings } = page();
  store.set(CHANGES[0][0]);
  assert.equal(store.get().guide.open, false);
  assert.ok(store.get().guide.done.every((done) => !done));
  guide.actions.start();
  assert.ok(store.get().guide.open);
  guide.actions.close();
  assert.deepEqual([store.get().guide.open, store.get().panels.tab], [false, "explain"]);
  assert.equal(rings.at(-1), null);
});

test("the guide goes on where it was left, and begins again when all is done", () => {
  const { store, guide } = page();
  guide.actions.go(4);
  guide.actions.close();
  guide.actions.start();
  assert.equal(store.get().guide.at, 4);
  store.set({ guide: { done: STEPS.map(() => true) } });
  guide.actions.start();
  assert.equal(store.get().guide.at, 1);
});

test("a link names a step", () => {
  assert.equal(readGuide("#guide=3", 8), 3);
  assert.equal(readGuide("#hidden=32,32&guide=8&name=A", 8), 8);
  for (const wrong of ["0", "9", "", "x", "3.5", "33", "%00"]) assert.equal(readGuide(`#guide=${wrong}`, 8), 1, wrong);
  assert.equal(readGuide("#why=loss,0,0", 8), null);
  assert.equal(withoutGuide("#why=loss,0,0&guide=3"), "why=loss,0,0");
  assert.equal(withoutGuide("#guide=3"), "");
});

test("storage that holds something else is the default", () => {
  const usual = initialGuide();
  assert.deepEqual(usual, { open: false, at: 1, done: STEPS.map(() => false), since: null });
  for (const text of ["1", "{}", '{"at":9}', '{"at":"2","done":7}', '{"done":[1,"true"],"open":1}', "[", "null"]) {
    globalThis.localStorage = { getItem: () => text };
    globalThis.location = { href: "http://localhost/" };
    assert.deepEqual(initialGuide(), usual, text);
  }
  globalThis.localStorage = { getItem: () => '{"open":true,"at":3,"done":[true,true]}' };
  assert.deepEqual(initialGuide().done.slice(0, 3), [true, true, false]);
  assert.equal(initialGuide().at, 3);
});

test("each step has its section on the Learn page, under the same number", async () => {
  const learn = await readFile(new URL("../../../web/learn/index.html", import.meta.url), "utf-8");
  const sections = [...learn.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id);
  assert.deepEqual(
    STEPS.map((step) => step.learn),
    sections,
  );
});
