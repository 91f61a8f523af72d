/** A file for the reader can be read for some time after the click that asked for it, and not for ever. */

import assert from "node:assert/strict";
import { resolveObjectURL } from "node:buffer";
import test from "node:test";
import { saveAs } from "../../../web/ui/save_file.js";

test("the bytes stay readable after the click, and are let go later", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let clicked = 0;
  const link = { click: () => clicked++ };
  globalThis.document = { createElement: () => link };
  saveAs("run.safetensors", new Uint8Array([1, 2, 3]));
  assert.equal(clicked, 1);
  assert.equal(link.download, "run.safetensors");
  t.mock.timers.tick(10_000);
  assert.deepEqual([...new Uint8Array(await resolveObjectURL(link.href).arrayBuffer())], [1, 2, 3]);
  t.mock.timers.tick(600_000);
  assert.equal(resolveObjectURL(link.href), undefined);
});
