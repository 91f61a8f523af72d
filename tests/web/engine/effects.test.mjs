/** Whose run a call changes: what of another tab's is refused, and what is saved afterwards. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { changed, METHODS } from "../../../web/engine/effects.js";
import { RELEASED, takeApart } from "../files/files.mjs";

/** They make a run or choose one, and leave those that were there as they are. */
const ONLY_THE_LIST = ["activate_run", "create_run", "duplicate_run", "import_run"];

const API = readFileSync(new URL("../../../web/api.d.ts", import.meta.url), "utf8");
const naming = [...API.matchAll(/^ {2}(\w+)\(params: \{\s*id: string/gm)].map(([, name]) => name);

test("every call that changes something says of which run", () => {
  const list = Object.keys(METHODS).filter((method) => METHODS[method] === "list");
  assert.deepEqual(list.sort(), ONLY_THE_LIST);
  for (const [method, change] of Object.entries(METHODS)) {
    if (change === "looks" || change === "list") continue;
    const about = changed(method, { id: "named", bytes: RELEASED }, "active");
    if (method === "restore_run") assert.equal(about, takeApart(RELEASED).metadata.id);
    else assert.equal(about, naming.includes(method) ? "named" : "active", method);
  }
});

test("best weights and the rule that ends a run are that run's", () => {
  assert.equal(changed("restore_best", { id: "one" }, "other"), "one");
  assert.equal(changed("stopping_config", { patience: 3 }, "one"), "one");
});

test("what only looks, and a file that is none, change no run", () => {
  assert.equal(changed("export_run", { id: "one" }, "one"), undefined);
  for (const bytes of [undefined, "text", new Uint8Array(), RELEASED.subarray(1)])
    assert.equal(changed("restore_run", { bytes }, "one"), undefined);
});
