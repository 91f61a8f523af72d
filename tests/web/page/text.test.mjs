import assert from "node:assert/strict";
import { test } from "node:test";
import { missingFiles } from "../../../web/page/text.js";

test("a download that was cut off names what has arrived and what is missing", () => {
  assert.equal(
    missingFiles({ loaded: 4_200_000, total: 13_000_000, pending: ["pyodide.asm.wasm", "start.data"] }),
    "4.2 of 13.0 MB have arrived. Retry fetches only what is missing: pyodide.asm.wasm, start.data.",
  );
});

test("nothing is said of a download that was whole, or had not begun", () => {
  assert.equal(missingFiles({ loaded: 13_000_000, total: 13_000_000, pending: [] }), "");
  assert.equal(missingFiles({ loaded: 0, total: 0, pending: ["manifest.json"] }), "");
  assert.equal(missingFiles({ loaded: 0, total: 0 }), "");
});
