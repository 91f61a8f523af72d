/** Chips of operands that are out of sight: at the edge where each lies. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, placeOf } from "../../../web/network/chips.js";

const ROOM = { left: 100, top: 50, right: 700, bottom: 450 };
const at = (left, top) => ({ left, top, right: left + 20, bottom: top + 20 });

test("what is in sight has no chip, even in part", () => {
  assert.equal(placeOf(at(300, 200), ROOM), null);
  assert.equal(placeOf(at(690, 440), ROOM), null);
});

test("others stand at the edge of the room, whole inside it", () => {
  const places = [at(300, -200), at(300, 900), at(-500, 200), at(2000, 200)].map((operand) => placeOf(operand, ROOM));
  assert.deepEqual(
    places.map(({ arrow }) => arrow),
    ["↑", "↓", "←", "→"],
  );
  for (const { x, y } of places) {
    assert.ok(x >= ROOM.left + 84 && x <= ROOM.right - 84);
    assert.ok(y >= ROOM.top && y + 24 <= ROOM.bottom);
  }
});

test("chips of operands that lie one over another stand side by side", () => {
  for (const [left, top, arrow] of [
    [300, -200, "↑"],
    [300, 900, "↓"],
  ]) {
    const two = [at(left, top), at(left + 4, top + 20)].map((operand) => placeOf(operand, ROOM));
    const [first, second] = apart(two);
    assert.equal(first.arrow, arrow);
    assert.ok(Math.abs(first.y - second.y) >= 24);
    assert.ok(second.y >= ROOM.top && second.y + 24 <= ROOM.bottom);
  }
});
