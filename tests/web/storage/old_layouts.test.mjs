/** What browsers have kept since the first page that saved: every layout is read, and what cannot be read says why truly. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { crc32 } from "../../../web/files/crc32.js";
import { KIND, readLabel } from "../../../web/files/run_file.js";
import { restore } from "../../../web/storage/choose_copy.js";
import { COLUMNS, sealChunk, unsealChunk } from "../../../web/storage/history_chunks.js";
import { unseal, unsealHeader } from "../../../web/storage/sealed.js";

const FOLDER = new URL("../../data/old_layouts/", import.meta.url);
const files = readdirSync(FOLDER).sort();
const profiles = files.filter((name) => name.endsWith(".profile.gz")).map((name) => name.replace(".profile.gz", ""));
const bytesOf = (base64) => new Uint8Array(Buffer.from(base64, "base64"));

/** The records of the one run of a profile, and its files. @param {string} name */
function readProfile(name) {
  const { stores, files } = JSON.parse(gunzipSync(readFileSync(new URL(`${name}.profile.gz`, FOLDER))).toString());
  const sealedIn = (store) => stores[store].map(([, { bytes }]) => bytesOf(bytes.base64));
  const copied = (kind) =>
    Object.entries(files).flatMap(([file, it]) => (it && file.includes(kind) ? [bytesOf(it)] : []));
  return {
    kept: JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8")).kept,
    found: {
      lease: stores.leases[0][1],
      summary: stores.summaries[0][1],
      slots: sealedIn("checkpoints"),
      chunks: sealedIn("history"),
    },
    copy: { slots: copied("slot"), log: copied("log") },
  };
}

test("there is a profile of every layout that a page saved", () => {
  assert.equal(profiles.length, 11);
});

for (const name of files.filter((it) => it.endsWith(".safetensors"))) {
  test(`the page knows a run file of ${name}`, () => {
    const label = readLabel(new Uint8Array(readFileSync(new URL(name, FOLDER))));
    assert.deepEqual([label?.kind, label?.id], [KIND, "old-run"]);
  });
}

for (const name of profiles) {
  for (const source of ["database", "second copy"]) {
    test(`a profile of ${name} is read from the ${source}`, async () => {
      const { kept, found, copy } = readProfile(name);
      const sources = source === "database" ? [found, null] : [null, copy];
      const { run } = await restore(kept.id, { found: sources[0], copy: sources[1] });
      assert.equal(run.checkpoint === null, false, run.why);
      assert.equal(run.summary.step, kept.step);
      const rows = Array.from({ length: run.history.values.length / COLUMNS }, (_, i) =>
        run.history.values.subarray(i * COLUMNS, (i + 1) * COLUMNS),
      );
      assert.deepEqual(
        rows.map(([step]) => step),
        Array.from({ length: kept.step - 1 }, (_, i) => i + 1),
      );
      assert.deepEqual(
        rows.map((row) => row[4]),
        kept.losses.slice(0, -1),
      );
      const isShare = (it) => it >= 0 && it <= 1;
      assert.ok(rows.every((row) => (name === "1-accuracies" ? isShare(row[6]) : Number.isNaN(row[6]))));
      assert.equal(readLabel(run.checkpoint)?.id, kept.id);
    });
  }

  test(`the reason is true where something of ${name} is cut short or changed`, () => {
    const { kept, found } = readProfile(name);
    for (const sealed of [...found.slots, ...found.chunks]) {
      const { body } = unseal(sealed);
      const at = sealed.length - body.length;
      for (const length of [at, at + 1, sealed.length - 1])
        assert.throws(() => unseal(sealed.subarray(0, length)), { name: "Damaged", message: /cut short/ }, `${length}`);
      for (const place of [at - 1, at, sealed.length - 1]) {
        const changed = sealed.slice();
        changed[place] ^= 1;
        assert.throws(() => unseal(changed), { name: "Damaged", message: /bytes have changed/ }, `${place}`);
      }
    }
    for (const chunk of found.chunks) assert.equal(unsealChunk(chunk, kept.id).values.length % COLUMNS, 0);
  });
}

/** A chunk of format 1, whose header does not say how long a row is. @param {number} columns @param {number} count */
function chunkOfFormat1(columns, count) {
  // Every batch is an epoch, and each takes a second: the columns look as much like steps as they can.
  const rows = Array.from({ length: count }, (_, i) => [i + 1, i + 1, i + 1, 0.5, 0.5, 0.5, 1].slice(0, columns));
  const body = new Uint8Array(new Float64Array(rows.flat()).buffer);
  const header = new TextEncoder().encode('{"id":"run-1","sequence":5,"generation":1,"start":0}');
  const bytes = new Uint8Array(24 + header.length + body.length);
  const view = new DataView(bytes.buffer);
  [0x53525042, 1, header.length, body.length, crc32(body)].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  bytes.set(header, 24);
  bytes.set(body, 24 + header.length);
  view.setUint32(20, crc32(header, crc32(bytes.subarray(0, 20))), true);
  return bytes;
}

test("rows of six and of seven are told apart however many there are", () => {
  for (const columns of [6, 7]) {
    for (let count = 1; count < 200; count++) {
      const { values } = unsealChunk(chunkOfFormat1(columns, count), "run-1");
      const steps = values.filter((_, i) => i % COLUMNS === 0);
      assert.deepEqual(
        [...steps],
        Array.from({ length: count }, (_, i) => i + 1),
        `${count} rows of ${columns}`,
      );
      assert.ok(Object.is(values[COLUMNS - 1], columns === 6 ? Number.NaN : 1));
    }
  }
});

test("a second copy whose log is damaged gives all other rows, and says that some are missing", async () => {
  const { kept, copy } = readProfile("1-accuracies");
  const whole = (await restore(kept.id, { copy })).run;
  assert.match(whole.why, /^The browser's database cannot be read now. It was restored from the second copy.$/);
  for (const log of copy.log.filter((it) => it.length > 1000)) {
    const at = unsealHeader(log).body.byteOffset - log.byteOffset;
    for (const place of [0, at, at + 9, log.length - 1]) {
      const changed = log.slice();
      changed[place] ^= 1;
      const { run } = await restore(kept.id, { copy: { ...copy, log: [changed] } });
      assert.match(run.why, /A part of its loss history could not be read/, `byte ${place}`);
      assert.deepEqual(run.checkpoint, whole.checkpoint);
      assert.ok(run.history.values.length <= whole.history.values.length);
    }
  }
});

test("rows that were saved after the checkpoint are not missed", async () => {
  const { kept, copy } = readProfile("1-accuracies");
  const newer = sealChunk(kept.id, 10 ** 6, {
    generation: 1,
    start: kept.step - 1,
    values: new Float64Array(COLUMNS).fill(kept.step + 1),
  });
  newer[newer.length - 1] ^= 1; // the page died while it wrote them
  const log = new Uint8Array([...copy.log[0], ...newer]);
  assert.doesNotMatch((await restore(kept.id, { copy: { ...copy, log: [log] } })).run.why, /could not be read/);
});
