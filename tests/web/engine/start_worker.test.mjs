/** Workers begin as blobs and as nothing else, and the blob is let go when it has been read. */

import assert from "node:assert/strict";
import { resolveObjectURL } from "node:buffer";
import test from "node:test";

/** @type {Record<string, any>} */
const policies = {};
const started = [];
globalThis.trustedTypes = { createPolicy: (name, rules) => Object.assign(policies, { [name]: rules })[name] };
globalThis.Worker = class extends EventTarget {
  constructor(url, options) {
    super();
    Object.assign(this, { url, options });
    started.push(this);
  }
};
const { startWorker } = await import("../../../web/engine/start_worker.js");

test("the policy lets blobs through, and no other address", () => {
  assert.deepEqual(Object.keys(policies), ["backprop-blob-worker"]);
  const { createScriptURL } = policies["backprop-blob-worker"];
  assert.equal(createScriptURL("blob:https://some.one/1"), "blob:https://some.one/1");
  for (const url of ["https://some.one/worker.js", "data:text/javascript,1", "javascript:1", "", " blob:", "BLOB:x"])
    assert.throws(() => createScriptURL(url), TypeError, url);
});

for (const sign of ["message", "error"]) {
  test(`a worker's blob can be read until its first ${sign}`, async () => {
    startWorker(new URL("https://some.one/where/worker.js"), "a name");
    const worker = started.at(-1);
    assert.deepEqual(worker.options, { type: "module", name: "a name" });
    assert.equal(await resolveObjectURL(worker.url).text(), 'import "https://some.one/where/worker.js";');
    worker.dispatchEvent(new Event(sign));
    assert.equal(resolveObjectURL(worker.url), undefined);
  });
}
