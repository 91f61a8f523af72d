/** Coverage of a scale: exact, and of a sample while training plays. */

import assert from "node:assert/strict";
import test from "node:test";
import { parted, USUAL } from "../../../web/color/column_scale.js";
import { coverage } from "../../../web/color/coverage.js";

const LINEAR = { ...USUAL.forward, transform: /** @type {const} */ ("linear") };

/** A column of two tensors, a part of whose numbers is too small to be seen. @param {number} size @param {(i: number) => boolean} isSmall */
function column(size, isSmall) {
  const data = Float32Array.from({ length: size }, (_, i) => (isSmall(i) ? 1e-6 : (i % 7) - 3.5));
  const few = Float32Array.of(1e-6, 3, 0, Number.NaN);
  const tensors = [
    { name: "layers/0/weights", shape: [size / 8, 8], data },
    { name: "layers/0/biases", shape: [4], data: few },
  ];
  return { tensors, scale: { min: -3.5, p25: -2, p50: 0, p75: 2, max: 3, magnitude_p25: 1, not_finite: 1 } };
}

test("it counts the cells that are finite and not zero", () => {
  const shown = column(16, (i) => i < 4);
  const { hidden, clipped } = coverage(shown, parted(shown, LINEAR, true));
  assert.equal(hidden, 5 / 18);
  assert.equal(clipped, 0);
});

test("while training plays large tensors are sampled, in all of their columns, and count as much as before", () => {
  const shown = column(800_000, (i) => i % 8 === 5);
  const parts = parted(shown, LINEAR, true);
  const moving = { ...shown, steady: (/** @type {string} */ _, /** @type {any} */ held) => held };
  const exact = coverage(shown, parts);
  const sampled = coverage(moving, parts);
  assert.ok(Math.abs(exact.hidden - 1 / 8) < 1e-3, `${exact.hidden}`);
  assert.ok(Math.abs(sampled.hidden - exact.hidden) < 0.01, `${sampled.hidden}`);
});

test("while training plays small tensors are counted exactly", () => {
  const shown = column(16, (i) => i < 4);
  const moving = { ...shown, steady: (/** @type {string} */ _, /** @type {any} */ held) => held };
  assert.deepEqual(coverage(moving, parted(shown, LINEAR, true)), coverage(shown, parted(shown, LINEAR, true)));
});
