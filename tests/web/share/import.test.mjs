/** Files from outside: the first bytes of one that is no run file decide, and the rest of it is never read. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createStore } from "../../../web/page/store.js";
import { createImporting } from "../../../web/share/import.js";

const RELEASED = readFileSync(new URL("../../data/run_format_1.safetensors", import.meta.url));

/** A file that counts the bytes that are read of it; all after its beginning are zeros. */
class Counted extends File {
  read = 0;
  constructor(beginning, size, name = "it.safetensors") {
    super([beginning], name);
    Object.defineProperty(this, "size", { value: size });
  }
  slice(start, end) {
    const read = (bytes) => {
      this.read += bytes.byteLength;
      return bytes;
    };
    const part = super.slice(start, end);
    return { arrayBuffer: async () => read(await part.arrayBuffer()) };
  }
  stream() {
    this.read += this.size;
    return super.stream();
  }
}

/** Import a file, and return what came of it. */
async function outcomeOf(file) {
  const store = createStore({ page: { boot: "ready" }, share: { sharing: { outcomes: [] } } });
  const tell = (changes) => store.set({ share: { sharing: { ...store.get().share.sharing, ...changes } } });
  const perform = async () => [{ name: "as it is called here", id: "one" }];
  await createImporting(store, { perform, attempt: (_, deed) => deed() }, tell).importFiles([file]);
  assert.equal(store.get().share.sharing.outcomes.length, 1);
  return store.get().share.sharing.outcomes[0];
}

const MEGABYTES = 2 ** 20;
/** The header of a safetensors file, after its length. */
const withHeader = (header) => {
  const text = new TextEncoder().encode(JSON.stringify(header));
  return new Uint8Array(Buffer.concat([Buffer.from(BigUint64Array.of(BigInt(text.length)).buffer), text]));
};
const ARRAY_BYTES = 200 * MEGABYTES;
const ARRAY = { dtype: "F32", shape: [50 * MEGABYTES], data_offsets: [0, ARRAY_BYTES] };
const OTHERS = {
  zeros: [new Uint8Array(1000), "not a complete run file"],
  "a zip archive": [Buffer.from("PK\x03\x04rest of it, long"), "a zip archive"],
  text: [Buffer.from("Some line of text, and many more like it\n"), "not a complete run file"],
  JSON: [Buffer.from('{"a": [1, 2, 3]}'), "a text in JSON"],
  "weights of another program": [withHeader({ w: ARRAY }), "no __metadata__"],
  "of another kind": [withHeader({ __metadata__: { format: "pt", crc32: "0" }, w: ARRAY }), "kind"],
  "with a hole": [withHeader({ __metadata__: { a: "b" }, w: { ...ARRAY, data_offsets: [4, 8] } }), "must lie at bytes"],
};

for (const [name, [beginning, why]] of Object.entries(OTHERS)) {
  test(`of 200 MB of ${name} only the beginning is read`, async () => {
    const file = new Counted(beginning, beginning.length + ARRAY_BYTES);
    const outcome = await outcomeOf(file);
    assert.equal(outcome.kind, "refused");
    assert.ok(outcome.why.includes(why), outcome.why);
    assert.ok(file.read < 2000, `${file.read} bytes were read`);
  });
}

test("what is too large is not read at all", async () => {
  const file = new Counted(RELEASED, 400 * MEGABYTES);
  assert.match((await outcomeOf(file)).why, /^It has 419,430,400 bytes/);
  assert.equal(file.read, 0);
});

test("a run file is taken, a damaged one is not", async () => {
  assert.equal((await outcomeOf(new File([RELEASED], "run"))).kind, "imported");
  const damaged = new Uint8Array(RELEASED);
  damaged[damaged.length - 3] ^= 1;
  assert.equal((await outcomeOf(new File([damaged], "run"))).why, "This file is damaged: its checksum differs");
  const cut = RELEASED.subarray(0, RELEASED.length - 1);
  assert.match((await outcomeOf(new File([cut], "run"))).why, /^The file is cut short/);
});
