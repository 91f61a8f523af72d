/** Where a menu stands, and to which item a key leads. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { nextItem } from "../../../web/ui/menu.js";
import { below, beside } from "../../../web/ui/menu_place.js";

const view = { width: 1000, height: 600 };
const menu = { width: 176, height: 200 };
const box = (left, top) => ({ left, top, right: left + 30, bottom: top + 24 });

test("a menu is flush with its opener and opens upwards where there is no room", () => {
  assert.deepEqual(below(box(500, 100), menu, view, "start"), { left: 500, top: 128 });
  assert.deepEqual(below(box(500, 100), menu, view, "end"), { left: 354, top: 128 });
  assert.deepEqual(below(box(500, 500), menu, view, "end"), { left: 354, top: 296 });
  assert.deepEqual(below(box(990, 100), menu, view, "start"), { left: 816, top: 128 });
  assert.deepEqual(below(box(2, 100), menu, view, "end"), { left: 8, top: 128 });
  // Room neither below nor above: within the window.
  assert.deepEqual(below(box(500, 100), { width: 176, height: 580 }, view, "start"), { left: 500, top: 12 });
});

test("a submenu stands at the side that has room", () => {
  assert.deepEqual(beside(box(500, 100), menu, view), { left: 530, top: 96 });
  assert.deepEqual(beside({ left: 800, right: 976, top: 100, bottom: 128 }, menu, view), { left: 624, top: 96 });
});

test("keys lead to an item", () => {
  const items = ["Duplicate", "Create twin …", "Delete …", "Download"].map((textContent) => ({ textContent }));
  const [first, second, third, last] = items;
  const to = (item, key, more = {}) => nextItem(items, item, { key, ctrlKey: false, metaKey: false, ...more });
  assert.equal(to(first, "ArrowDown"), second);
  assert.equal(to(last, "ArrowDown"), first);
  assert.equal(to(first, "ArrowUp"), last);
  assert.equal(to(null, "ArrowDown"), first);
  assert.equal(to(second, "Home"), first);
  assert.equal(to(second, "End"), last);
  assert.equal(to(first, "d"), third);
  assert.equal(to(third, "d"), last);
  assert.equal(to(last, "D"), first);
  assert.equal(to(first, "x"), undefined);
  assert.equal(to(first, " "), undefined);
  assert.equal(to(first, "d", { ctrlKey: true }), undefined);
  assert.equal(to(first, "Enter"), undefined);
});
