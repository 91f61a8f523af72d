/** The menu of a run: the same items for each, and reasons where one cannot be chosen. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { rowMenu } from "../../../web/runs/row_menu.js";

const asked = [];
const noted =
  (name) =>
  (...values) =>
    asked.push([name, ...values]);
const names = ["duplicate", "openTwin", "setBaseline", "editName", "reset", "archive", "delete"];
const actions = {
  runs: Object.fromEntries(names.map((name) => [name, noted(name)])),
  share: { download: noted("download") },
};
const stateOf = (elsewhere, baseline = null) => ({ runs: { table: { baseline } }, saving: { elsewhere } });
const run = { id: "r1", name: "Run 1", archived: false };
const itemsOf = (row, state) => rowMenu(row, state, actions).filter((entry) => entry !== "separator");

test("every item acts on its run, and says so", () => {
  for (const item of itemsOf(run, stateOf([]))) {
    assert.match(item.name, /Run 1$/);
    assert.ok(item.name.startsWith(item.label.replace(" …", "")));
    item.act?.();
    for (const inner of item.items ?? []) inner.act();
  }
  assert.deepEqual(asked, [
    ["duplicate", "r1"],
    ["openTwin", "r1"],
    ["setBaseline", "r1"],
    ["editName", "r1"],
    ["reset", "r1"],
    ["download", "r1", "run"],
    ["download", "r1", "pytorch"],
    ["download", "r1", "csv"],
    ["archive", "r1", true],
    ["delete", "r1"],
  ]);
});

test("a run of another tab can only be viewed and copied", () => {
  const off = itemsOf(run, stateOf(["r1"])).filter(({ disabled }) => disabled);
  assert.deepEqual(
    off.map(({ label }) => label),
    ["Rename …", "Reset to step 0", "Archive", "Delete …"],
  );
  assert.ok(off.every(({ disabled }) => disabled === "open in another tab"));
});

test("the order is the same for an archived run and the baseline", () => {
  const labels = (row, state) => itemsOf(row, state).map(({ label }) => label.replace("Una", "A"));
  assert.deepEqual(labels({ ...run, archived: true }, stateOf([], "r1")), labels(run, stateOf([])));
  assert.equal(itemsOf(run, stateOf([], "r1"))[2].checked, true);
});
