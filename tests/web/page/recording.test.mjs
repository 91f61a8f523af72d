import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { createRecording, decode, lossesUntil, netAt, restored } from "../../../web/page/recording.js";
import { createStore } from "../../../web/page/store.js";

const SCALE = { min: -2, p25: -0.1, p50: 0, p75: 0.1, max: 1, magnitude_p25: 0.1, not_finite: 0 };

test("bytes are the symmetric logarithm of numbers: zero in the middle, the ends at the ends", () => {
  const [low, zero, high] = restored(Uint8Array.of(1, 128, 255), SCALE);
  assert.ok(Math.abs(low + 2) < 1e-5);
  assert.equal(zero, 0);
  assert.ok(Math.abs(high - 2) < 1e-5);
});

test("numbers come back within one byte", () => {
  const end = Math.log1p(2 / 0.1);
  for (const value of [-1.9, -0.3, -0.001, 0.02, 0.5, 1]) {
    const byte = Math.round(128 + (127 * Math.sign(value) * Math.log1p(Math.abs(value) / 0.1)) / end);
    const [back] = restored(Uint8Array.of(byte), SCALE);
    const step = (0.1 + Math.abs(value)) * (end / 127);
    assert.ok(Math.abs(back - value) <= step, `${value} came back as ${back}`);
  }
});

test("a recording is decoded into tensors of both columns", () => {
  const layout = {
    forward: [{ name: "inputs", shape: [1, 2], offset: 0 }],
    backward: [{ name: "grad_inputs", shape: [1, 2], offset: 2 }],
    optimizer: [],
  };
  const frames = [3, 6].map((step) => ({
    step,
    loss: 1,
    accuracy: 0,
    batch: [0],
    forward_scale: SCALE,
    backward_scale: SCALE,
  }));
  const header = new TextEncoder().encode(JSON.stringify({ layout, frames, dataset: {}, samples: [] }));
  const bytes = Uint8Array.of(128, 255, 128, 1, 255, 128, 1, 128);
  const data = new Uint8Array([...new Uint8Array(new Uint32Array([header.length]).buffer), ...header, ...bytes]).buffer;
  const net = netAt(decode(data), 1);
  assert.equal(net.step, 6);
  assert.equal(net.recorded, true);
  assert.deepEqual(
    net.forward.tensors.map(({ name, data }) => [name, Math.round(data[0]), data[1]]),
    [["inputs", 2, 0]],
  );
  assert.deepEqual(
    net.backward.tensors.map(({ data }) => [Math.round(data[0]), data[1]]),
    [[-2, 0]],
  );
});

test("what is not a whole recording is refused", () => {
  const header = new TextEncoder().encode(
    JSON.stringify({ layout: { forward: [], backward: [], optimizer: [] }, frames: [], dataset: {}, samples: [] }),
  );
  const whole = [...new Uint8Array(new Uint32Array([header.length]).buffer), ...header];
  assert.equal(decode(new Uint8Array(whole).buffer).frames.length, 0);
  for (const damaged of [[], whole.slice(0, -1), [...whole, 1], [...new TextEncoder().encode("<!doctype html>")]])
    assert.throws(() => decode(new Uint8Array(damaged).buffer));
});

test("the chart gets the losses so far", () => {
  const frames = [3, 6, 9].map((step) => ({ step, loss: 1 / step }));
  const { step, loss, most } = lossesUntil(frames, 1);
  assert.deepEqual([...step], [3, 6]);
  assert.deepEqual([...loss], [1 / 3, 1 / 6]);
  assert.deepEqual(most, { step: 9, loss: 1 / 3 });
});

test("a recording that does not arrive, or arrives damaged, is done without", async () => {
  const gzipped = gzipSync(Uint8Array.of(1, 2, 3));
  const answers = [
    () => Promise.reject(new TypeError("the connection failed")),
    () => new Response("not here", { status: 404 }),
    () => new Response(null, { status: 204 }),
    () => new Response("<!doctype html>"),
    () => new Response(gzipped.subarray(0, -4)),
    () => new Response(gzipped),
  ];
  const whole = globalThis.fetch;
  for (const answer of answers) {
    let asked = 0;
    globalThis.fetch = async () => {
      asked++;
      return answer();
    };
    const store = createStore({ page: { boot: "loading" }, run: null });
    const before = store.get();
    await createRecording(store, { reducedMotion: () => true }).play();
    assert.equal(asked, 1);
    assert.equal(store.get(), before);
  }
  globalThis.fetch = whole;
});
