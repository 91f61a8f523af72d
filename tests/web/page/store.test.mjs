/** The store: slices, what is derived from them, and which parts a view has read. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { combined, createStore } from "../../../web/page/store.js";
import { computed, isCurrent, recorded } from "../../../web/ui/reads.js";

const RUNS = [
  { id: "a", active: false, step: 1 },
  { id: "b", active: true, step: 2 },
];
const storeOf = () =>
  createStore({ runs: { list: RUNS, hovered: null }, training: { playing: false, progress: null } });

test("a patch changes the parts that it names, and no other slice", () => {
  const store = storeOf();
  const { runs } = store.get();
  const heard = [];
  store.subscribe((state) => heard.push(state));
  store.set({ training: { playing: true } });
  assert.deepEqual(store.get().training, { playing: true, progress: null });
  assert.equal(store.get().runs, runs);
  assert.deepEqual(heard, [store.get()]);
});

test("of patches that are combined the last one counts, part by part", () => {
  const patches = [
    { page: { announcement: "a", busy: null } },
    undefined,
    { page: { announcement: "b" }, runs: { hovered: "a" } },
  ];
  assert.deepEqual(combined(patches), { page: { announcement: "b", busy: null }, runs: { hovered: "a" } });
});

test("the active run is that of the list, as far as Play has come with it", () => {
  const store = storeOf();
  assert.equal(store.get().run, RUNS[1]);
  store.set({ training: { progress: { run_id: "b", run: { step: 7 } } } });
  const { run } = store.get();
  assert.deepEqual(run, { ...RUNS[1], step: 7 });
  assert.equal(store.get().runs.list, RUNS);
  store.set({ runs: { hovered: "a" } });
  assert.equal(store.get().run, run, "what has not changed is the same object");
  store.set({ training: { progress: { run_id: "a", run: { step: 9 } } } });
  assert.equal(store.get().run, RUNS[1], "the progress of another run is not its own");
  store.set({ runs: { list: [] } });
  assert.equal(store.get().run, null);
});

test("a view is current until a part that it has read is another one", () => {
  const store = storeOf();
  const reads = new Map();
  const { runs, run } = recorded(store.get(), reads);
  assert.deepEqual([runs.list.length, run.id], [2, "b"]);
  assert.deepEqual([...reads.keys()], ["run", "runs.list"]);
  store.set({ runs: { hovered: "a" }, training: { playing: true } });
  assert.ok(isCurrent(store.get(), reads));
  store.set({ training: { progress: { run_id: "b", run: { step: 3 } } } });
  assert.ok(!isCurrent(store.get(), reads), "the run that is derived is read too");
});

test("to copy a slice is to read all of it", () => {
  const store = storeOf();
  const reads = new Map();
  assert.deepEqual({ ...recorded(store.get(), reads).runs }, store.get().runs);
  store.set({ runs: { hovered: "b" } });
  assert.ok(!isCurrent(store.get(), reads));
});

test("a value is computed again only if it has to be, and a view that uses it depends on what it was computed from", () => {
  const store = storeOf();
  let times = 0;
  const names = computed(({ runs }) => {
    times++;
    return runs.list.map(({ id }) => id);
  });
  const reads = new Map();
  const first = names(recorded(store.get(), reads));
  store.set({ training: { playing: true } });
  const again = new Map();
  assert.equal(names(recorded(store.get(), again)), first);
  assert.equal(times, 1);
  for (const each of [reads, again]) assert.ok(each.has("runs.list"));
  store.set({ runs: { list: RUNS.slice(1) } });
  assert.deepEqual(names(store.get()), ["b"]);
  assert.equal(times, 2);
});
