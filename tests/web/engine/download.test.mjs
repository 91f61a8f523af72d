/** Python's files from a server that misbehaves: each fault of each file is said in a sentence that names it. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { after, test } from "node:test";

// A worker's names: what Pyodide asks for is answered from what has been downloaded.
globalThis.self = globalThis;
const { download } = await import("../../../web/engine/download.js");

const WASM = Buffer.of(0, 97, 115, 109, 1, 0, 0, 0); // the smallest module there is
const CONTENTS = { "pyodide.asm.wasm": WASM, "start.data": Buffer.alloc(5000, 7) };
const TYPES = { json: "application/json", wasm: "application/wasm", data: "application/octet-stream" };
const MANIFEST = {
  build: "build-1",
  pack: "start.data",
  files: Object.entries(CONTENTS).map(([file, data]) => ({
    file,
    bytes: data.length,
    sha256: createHash("sha256").update(data).digest("hex"),
  })),
};
const FILES = { ...CONTENTS, "manifest.json": Buffer.from(JSON.stringify(MANIFEST)) };

/** How a file may arrive instead. @type {Record<string, (to: any, data: Buffer) => void>} */
const KINDS = {
  404: (to) => to.writeHead(404, { "Content-Type": "text/html" }).end("<p>Sorry</p>"),
  500: (to) => to.writeHead(500, { "Content-Type": "text/html" }).end("<p>Sorry</p>"),
  204: (to) => to.writeHead(204).end(),
  dropped: (to) => to.destroy(),
  cut: (to, data) => {
    to.writeHead(200, { "Content-Length": data.length });
    to.write(data.subarray(0, data.length / 2), () => to.destroy());
  },
  truncated: (to, data) => to.end(data.subarray(0, data.length / 2)),
  "a page": (to) => to.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>Sign in</p>"),
  "a page under the file's type": (to) => to.end("<!doctype html><p>Sign in</p>"),
  damaged: (to, data) => to.end(Buffer.alloc(data.length, "x")),
};
const SAID = {
  404: "could not be downloaded: the server answered 404",
  500: "could not be downloaded: the server answered 500",
  204: "arrived empty: the server answered 204",
  dropped: "The connection failed, or a content blocker refused the file",
  cut: "The connection failed, or a content blocker refused the file",
  truncated: "is incomplete: ",
  "a page": "This network may want you to sign in",
  "a page under the file's type": "This network may want you to sign in",
  damaged: "is damaged: ",
};

/** @type {Record<string, (to: any, data: Buffer) => void>} */
let faults = {};
let asked = [];
const server = createServer((request, to) => {
  const file = request.url.slice(1);
  asked.push(file);
  to.setHeader("Content-Type", TYPES[file.split(".").at(-1)]);
  if (faults[file]) faults[file](to, FILES[file]);
  else to.end(FILES[file]);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}/`;
after(() => server.close());

/** Download everything; return the message of what fails, or "". */
async function messageOf() {
  asked = [];
  try {
    const { compiled, packed, modules, arrived } = await download(base, () => {});
    for (const it of [compiled, packed, modules]) it.catch(() => {}); // `arrived` says it
    await arrived;
    return "";
  } catch (error) {
    assert.equal(error.name, "StartFault");
    return error.message;
  }
}

test("what arrives whole is taken, each file asked for once", async () => {
  faults = {};
  assert.equal(await messageOf(), "");
  assert.deepEqual(asked.sort(), Object.keys(FILES).sort());
});

for (const file of Object.keys(FILES)) {
  for (const [kind, fault] of Object.entries(KINDS)) {
    test(`${file}, ${kind}`, async () => {
      faults = { [file]: fault };
      const message = await messageOf();
      const isText = file === "manifest.json" && ["truncated", "damaged"].includes(kind);
      assert.ok(message.includes(isText ? "is damaged: it is not JSON" : SAID[kind]), message);
      assert.ok(message.includes(file), message);
      assert.match(message, /[Pp]ress Retry/);
      assert.doesNotMatch(message, /TypeError|SyntaxError|Unexpected token|undefined/);
      faults = {};
      assert.equal(await messageOf(), "");
    });
  }
}

test("a fault that is over at the second request is no fault", async () => {
  for (const kind of ["dropped", "truncated", "damaged"]) {
    let first = true;
    faults = {
      "start.data": (to, data) => {
        if (first) KINDS[kind](to, data);
        else to.end(data);
        first = false;
      },
    };
    assert.equal(await messageOf(), "", kind);
  }
});

test("bytes are counted as they arrive, and the files that are missing are named", async () => {
  let release = () => {};
  faults = {
    "start.data": (to, data) => {
      to.writeHead(200, { "Content-Length": data.length });
      to.write(data.subarray(0, 4000));
      release = () => to.end(data.subarray(4000));
    },
  };
  const told = [];
  const { arrived, packed } = await download(base, (progress) => {
    told.push(progress);
    if (progress.loaded === WASM.length + 4000) release();
  });
  packed.catch(() => {});
  await arrived;
  const total = WASM.length + 5000;
  assert.deepEqual(told[0], { loaded: 0, total: 0, pending: ["manifest.json"], build: "" });
  assert.ok(told.some(({ loaded, pending }) => loaded === WASM.length + 4000 && pending.join() === "start.data"));
  assert.deepEqual(told.at(-1), { loaded: total, total, pending: [], build: "build-1" });
});

test("a manifest that names a file that is gone is asked for once more", async () => {
  let asks = 0;
  faults = {
    "older.data": (to) => to.writeHead(404).end(),
    "manifest.json": (to, data) => to.end(++asks === 1 ? data.toString().replaceAll("start.data", "older.data") : data),
  };
  assert.equal(await messageOf(), "");
  assert.deepEqual([asks, asked.includes("older.data"), asked.includes("start.data")], [2, true, true]);
});
