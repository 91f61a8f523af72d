/** Pictures of Play: at most 25 a second as fast as it can, fewer where they are dear, none before the last one is on screen, one for each step that can be followed. */

import assert from "node:assert/strict";
import test from "node:test";
import { createFrames } from "../../../web/training/frames.js";
import { MAX } from "../../../web/training/speed.js";

/**
 * Request slices for ten seconds of a clock; return the number of slices and of pictures.
 * @param {{slice: number, cost?: number, speed?: number, isDrawn?: () => boolean, reducedMotion?: boolean}} play  milliseconds of a
 *   slice, and of a picture
 */
async function requested({ slice, cost = 0, speed = MAX, isDrawn = () => true, reducedMotion = false }) {
  let time = 1000;
  const state = { training: { speed }, run: null };
  const outside = { samplesOf: () => [], reducedMotion: () => reducedMotion, isDrawn, now: () => time };
  const frames = createFrames(/** @type {any} */ ({ get: () => state }), outside);
  const asked = [];
  while (time < 11_000) {
    const frame = await frames.request(async ({ picture }) => {
      asked.push(picture);
      time += slice + (picture === "quick" ? cost : 0);
      return /** @type {any} */ ({ slice_ms: slice });
    });
    frames.onFrame(frame, 0);
  }
  return { slices: asked.length, pictures: asked.filter((picture) => picture === "quick").length };
}

for (const slice of [2, 9, 16, 36])
  test(`slices of ${slice} ms: 25 pictures a second`, async () => {
    const { pictures } = await requested({ slice });
    assert.ok(pictures > 238 && pictures <= 251, `${pictures}`);
  });

test("each slice that takes longer has its picture, if the one before it was seen", async () => {
  for (const seen of [true, false]) {
    const { slices, pictures } = await requested({ slice: 60, isDrawn: () => seen });
    assert.equal(pictures, seen ? slices : 0, `${seen}`);
  }
});

test("at a speed that can be followed each step has its picture", async () => {
  const { slices, pictures } = await requested({ slice: 10, speed: 20 });
  assert.equal(pictures, slices);
});

test("none is requested while the last one is not on screen", async () => {
  assert.equal((await requested({ slice: 10, isDrawn: () => false })).pictures, 0);
});

test("pictures that take 60 ms come three times a second: a fifth of the time", async () => {
  const { pictures } = await requested({ slice: 30, cost: 60 });
  assert.ok(pictures >= 30 && pictures <= 36, `${pictures}`);
});
