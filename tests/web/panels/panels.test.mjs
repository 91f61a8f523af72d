/** The panels: the console's height, what is remembered, and which panel is shown. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../../web/page/store.js";
import { createPanels, initialPanels } from "../../../web/panels/actions.js";
import { consoleHeight, isShown, shown } from "../../../web/panels/state.js";

test("the console takes 27% of the window, within limits", () => {
  for (const [height, wanted] of [
    [720, 232],
    [800, 232],
    [801, 240],
    [900, 243],
    [1080, 291.6],
    [1440, 320],
  ])
    assert.ok(Math.abs(consoleHeight(height) - wanted) < 1e-9, `${height}: ${consoleHeight(height)}`);
});

test("a dragged height holds as long as the network keeps its room", () => {
  assert.equal(consoleHeight(900, { height: 400 }), 400);
  assert.equal(consoleHeight(500, { height: 400 }), 280);
  assert.equal(consoleHeight(900, { height: 20 }), 140);
  assert.equal(consoleHeight(900, { height: 400, collapsed: true }), 44);
});

function opened() {
  const store = createStore();
  const panels = createPanels(store);
  store.add(panels);
  return { store, actions: panels.actions };
}

test("choosing a tab opens what is collapsed", () => {
  const { store, actions } = opened();
  assert.ok(isShown(store.get(), "explain"));
  actions.toggle();
  assert.ok(!isShown(store.get(), "explain"));
  actions.show("runs");
  assert.ok(isShown(store.get(), "runs"));
  assert.ok(!isShown(store.get(), "explain"));
  store.set(shown("metrics"));
  assert.ok(isShown(store.get(), "metrics"));
});

test("place, height and tab are remembered; what makes no sense is not", () => {
  const kept = new Map();
  Object.assign(globalThis, {
    location: { href: "https://example.org/page/" },
    localStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) },
  });
  const { actions } = opened();
  actions.show("flow");
  actions.setSide("right");
  actions.setHeight(333);
  assert.deepEqual(initialPanels(), { tab: "flow", collapsed: false, side: "right", height: 333 });
  kept.set([...kept.keys()][0], '{"tab": "attic", "side": "top", "height": "tall", "collapsed": 7}');
  assert.deepEqual(initialPanels(), { tab: "explain", collapsed: false, side: "bottom", height: null });
});

test("a low, wide window begins without panels", () => {
  const { innerWidth, innerHeight } = globalThis;
  for (const [width, height, wanted] of [
    [1280, 540, true],
    [1280, 560, true],
    [1280, 561, false],
    [901, 540, true],
    [900, 540, false], // a phone on its side: its layout scrolls
  ]) {
    Object.assign(globalThis, { innerWidth: width, innerHeight: height, localStorage: { getItem: () => null } });
    assert.equal(initialPanels().collapsed, wanted, `${width} x ${height}`);
    Object.assign(globalThis, { localStorage: { getItem: () => '{"collapsed": false}' } });
    assert.equal(initialPanels().collapsed, false);
  }
  Object.assign(globalThis, { innerWidth, innerHeight });
});
