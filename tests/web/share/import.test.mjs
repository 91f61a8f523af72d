/** Files from outside: of one of another kind only the beginning is read; Python gets all others whole. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createStore } from "../../../web/page/store.js";
import { createImporting } from "../../../web/share/import.js";
import { changed } from "../files/files.mjs";

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

/** Python, which refuses what is no run file from its beginning. @type {number[]} how many bytes it was given */
let given = [];
async function perform(_, { bytes }) {
  given.push(bytes.length);
  if (bytes.length > 300) return [{ name: "as it is called here", id: "one" }];
  throw Object.assign(new Error("This is no run file"), { name: "ValueError" });
}

/** Import a file, and return what came of it. */
async function outcomeOf(file) {
  given = [];
  const store = createStore({ page: { boot: "ready" }, share: { sharing: { outcomes: [] } } });
  const tell = (changes) => store.set({ share: { sharing: { ...store.get().share.sharing, ...changes } } });
  await createImporting(store, { perform, attempt: (_, act) => act() }, tell).importFiles([file]);
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
const NO_RUN = 'This safetensors file holds no run: its metadata has no kind "backprop-run"';
const OTHERS = {
  zeros: [new Uint8Array(1000), "This is no run file", [300]],
  "a zip archive": [Buffer.from("PK\x03\x04rest of it, long"), "This is no run file", [20]],
  text: [Buffer.from("Some line of text, and many more like it\n"), "This is no run file", [41]],
  JSON: [Buffer.from('{"a": [1, 2, 3]}'), "This is no run file", [16]],
  "weights of another program": [withHeader({ w: ARRAY }), NO_RUN, []],
  "of another kind": [withHeader({ __metadata__: { format: "pt", crc32: "0" }, w: ARRAY }), NO_RUN, []],
};

for (const [name, [beginning, why, bytes]] of Object.entries(OTHERS)) {
  test(`of 200 MB of ${name} only the beginning is read`, async () => {
    const file = new Counted(beginning, beginning.length + ARRAY_BYTES);
    const outcome = await outcomeOf(file);
    assert.deepEqual([outcome.kind, outcome.why, given], ["refused", why, bytes]);
    assert.ok(file.read < 2000, `${file.read} bytes were read`);
  });
}

test("what is too large is not read at all", async () => {
  const file = new Counted(RELEASED, 400 * MEGABYTES);
  assert.match((await outcomeOf(file)).why, /^It has 419,430,400 bytes/);
  assert.equal(file.read, 0);
});

test("Python gets all bytes of a run file, valid or not, and of one whose header cannot be read", async () => {
  const { kind, name } = await outcomeOf(new File([RELEASED], "run"));
  assert.deepEqual([kind, name, given], ["imported", "Released · 一", [RELEASED.length]]);
  const damaged = new Uint8Array(RELEASED);
  damaged[9] ^= 1; // of the text, which is no JSON then
  for (const bytes of [damaged, RELEASED.subarray(0, RELEASED.length - 1)]) {
    await outcomeOf(new File([bytes], "run"));
    assert.deepEqual(given, [bytes.length]);
  }
});

test("a name that cannot be seen is not shown", async () => {
  const unseen = changed(({ metadata }) => Object.assign(metadata, { name: "\u200b" }));
  assert.equal((await outcomeOf(new File([unseen], "run"))).name, "as it is called here");
});
