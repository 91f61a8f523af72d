/** Every scale that can be chosen reaches what an optimizer remembers, what an update changed, and the parts of a gradient by sample. */

import assert from "node:assert/strict";
import test from "node:test";
import { parted, USUAL, USUAL_STATE } from "../../../web/color/column_scale.js";
import { coverage, suggestion } from "../../../web/color/coverage.js";
import { roundedThreshold } from "../../../web/color/symlog.js";
import { paint } from "../../../web/heatmap/paint.js";
import { describeScale, describeVisibility, scopesOf } from "../../../web/legend/text.js";
import { lensColumn } from "../../../web/lens/state.js";
import { stateColumns } from "../../../web/network/scales.js";
import { changesColumn } from "../../../web/phases/state.js";
import { parts as partsOf } from "../../../web/tensors/names.js";
import "../schema.mjs";

const [FIRST, MIDDLE, LAST] = [1, 128, 255];
/** A table whose colours are their own numbers. */
const ENTRIES = Uint32Array.from({ length: 256 }, (_, i) => i);

/** The same numbers in every run: spread over some orders of magnitude, and one zero in each list. */
let seed = 7;
function random() {
  seed = (seed * 48271) % 2147483647; // Park & Miller (1988), with the multiplier of 1993
  return seed / 2147483647;
}
const list = (length, size, isSquare = false) =>
  Float32Array.from({ length }, (_, i) => {
    const magnitude = i === 3 ? 0 : size * 10 ** (-4 * random());
    return isSquare || random() < 0.5 ? magnitude : -magnitude;
  });

/** Definition 7 of Hyndman & Fan (1996). */
function quantile(lists, share) {
  const all = Float64Array.from(lists.flatMap((one) => [...one])).sort();
  const at = share * (all.length - 1);
  const below = all[Math.floor(at)];
  return below + (all[Math.ceil(at)] - below) * (at - Math.floor(at));
}

/** The pixel of a number on the scale of these lists, by the formulas of docs/guide/colours.md; NaN where rounding decides. */
function pixel(value, lists, { transform, clip }, typical = lists) {
  const cut = clip ? [0.02, 0.98] : [0, 1];
  const reach = Math.max(...cut.map((share) => Math.abs(quantile(lists, share))));
  const magnitudes = typical.map((one) => one.map(Math.abs).filter((magnitude) => magnitude > 0));
  const c = Math.min(roundedThreshold(quantile(magnitudes, 0.25)), reach);
  const bent = (x) => (transform === "symlog" ? Math.sign(x) * Math.log1p(Math.abs(x) / c) : x);
  const at = MIDDLE + 0.5 + (bent(value) / bent(reach)) * (LAST - MIDDLE);
  if (Math.abs(at - Math.round(at)) < 1e-6) return Number.NaN;
  return Math.min(LAST, Math.max(FIRST, Math.floor(at)));
}

const STATE = {
  scales: {},
  tensors: ["layers/0", "layers/1"].flatMap((place, k) =>
    [
      ["first_moment", 1],
      ["second_moment", 1e-3],
    ].flatMap(([vector, size]) =>
      ["weights", "biases"].map((kind, i) => ({
        name: `${place}/${vector}_${kind}`,
        shape: [60],
        data: list(60, size * 10 ** (-2 * k - i), vector === "second_moment"),
      })),
    ),
  ),
};
for (const vector of ["first_moment", "second_moment"]) {
  const lists = STATE.tensors.filter(({ name }) => partsOf(name).vector === vector).map(({ data }) => data);
  const [min, p25, p50, p75, max] = [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(lists, share));
  const magnitude_p25 = quantile(
    lists.map((one) => one.map(Math.abs).filter((magnitude) => magnitude > 0)),
    0.25,
  );
  STATE.scales[vector] = { min, p25, p50, p75, max, magnitude_p25, not_finite: 0 };
}
const CHANGES = ["embedding", "layers/0", "layers/1"].flatMap((place, k) =>
  (k ? ["weights", "biases"] : ["weights"]).map((kind) => ({
    name: `${place}/${kind}`,
    before: list(40, 1),
    change: list(40, 10 ** (-2 * k)),
  })),
);
const LENS = {
  tensor: "layers/0/grad_weights",
  shape: [8, 5],
  names: ["a", "b", "c"],
  parts: list(120, 1e-2),
  gradient: list(40, 1),
  left: list(40, 1),
};

const COLUMNS = {
  "the first moment": ["first_moment", stateColumns(STATE).get("first_moment")],
  "the second moment": ["second_moment", stateColumns(STATE).get("second_moment")],
  "the changes of an update": ["changes", changesColumn(CHANGES)],
  // Muted samples do not change what is typical.
  "the parts of a gradient": ["lens", lensColumn({ ...LENS, muted: [1] }), [LENS.parts, LENS.gradient]],
};
const KEYS = { column: () => "", layer: (name) => name.slice(0, name.lastIndexOf("/")), tensor: (name) => name };

for (const [what, [subject, column, typical]] of Object.entries(COLUMNS)) {
  for (const scope of Object.keys(scopesOf(subject) ?? { tensor: "" })) {
    test(`${what}, ${scope}: every transform and clip, zero neutral, and the meter counts what cannot be seen`, () => {
      for (const chosen of ["linear", "symlog"].flatMap((transform) =>
        [false, true].map((clip) => ({ scope, transform, clip })),
      )) {
        const parts = parted(column, chosen, true);
        const sum = { cells: 0, hidden: 0, clipped: 0 };
        let compared = 0;
        for (const { name, data } of column.tensors) {
          const lists = column.tensors.filter((other) => KEYS[scope](other.name) === KEYS[scope](name));
          const wanted = (value) =>
            pixel(
              value,
              lists.map((tensor) => tensor.data),
              chosen,
              typical,
            );
          const pixels = new Uint32Array(data.length);
          paint(pixels, data, ENTRIES, parts(name).norm);
          data.forEach((value, i) => {
            const by = wanted(value);
            if (Number.isNaN(by)) return;
            compared++;
            assert.equal(pixels[i], by, `${name}[${i}], ${value}, ${JSON.stringify(chosen)}`);
          });
          assert.equal(pixels[3], MIDDLE);
          for (const value of data) {
            const words = describeVisibility(parts(name).norm, value);
            sum.cells += Number(value !== 0);
            sum.clipped += Number(words.includes("beyond the scale"));
            sum.hidden += Number(words.includes("too small to tell from zero"));
          }
        }
        assert.ok(compared > 0.95 * column.tensors.reduce((count, { data }) => count + data.length, 0));
        const shares = { hidden: sum.hidden / sum.cells, clipped: sum.clipped / sum.cells };
        assert.deepEqual(coverage(column, parts), shares);
        assert.equal(shares.clipped > 0, chosen.clip);
      }
    });
  }
}

test("moments of different sizes have scales of their own, and the same objects keep their columns", () => {
  const columns = stateColumns(STATE);
  assert.equal(stateColumns(STATE), columns);
  assert.deepEqual([...columns.keys()], ["first_moment", "second_moment"]);
  for (const [vector, { tensors, scale }] of columns) {
    assert.deepEqual(
      tensors.map(({ name }) => partsOf(name).vector),
      Array(4).fill(vector),
    );
    assert.equal(scale, STATE.scales[vector]);
  }
  assert.equal(changesColumn(CHANGES), changesColumn(CHANGES));
  assert.deepEqual([...stateColumns({ tensors: [], scales: {} })], []);
});

test("all samples and their sum share one scale, and to mute a sample does not change it", () => {
  const heard = lensColumn({ ...LENS, left: LENS.gradient, muted: [] });
  assert.deepEqual(
    heard.tensors.map(({ data }) => data),
    [LENS.parts, LENS.gradient],
  );
  const quiet = lensColumn({ ...LENS, left: LENS.gradient.map((value) => value / 2), muted: [1] });
  const [before, after] = [heard, quiet].map((column) => parted(column, USUAL.lens, true)(LENS.tensor).norm);
  assert.deepEqual(after, before);
  const part = lensColumn({ ...LENS, muted: [1] });
  const parts = parted(part, { ...USUAL.lens, transform: "symlog", clip: true }, true);
  assert.equal(new Set(part.tensors.map(({ name }) => parts(name))).size, 1);
});

test("where there is one tensor only, no remedy is a narrower scope", () => {
  const column = lensColumn({ ...LENS, parts: Float32Array.of(...list(400, 1e-6), 1), muted: [] });
  const linear = { ...USUAL.lens, transform: "linear" };
  const now = coverage(column, parted(column, linear, true));
  assert.ok(now.hidden > 0.5);
  const better = suggestion(column, linear, true, now);
  assert.ok(better && !("scope" in better));
  const bent = { ...USUAL.lens, transform: "symlog", clip: true };
  assert.equal(suggestion(column, bent, true, { hidden: 1, clipped: 0 }), null);
});

test("a scale in words names its scope where there is one to choose", () => {
  assert.equal(describeScale("lens", USUAL.lens), "symlog, outliers included");
  assert.equal(describeScale("changes", { ...USUAL.changes, clip: true }), "all changes, symlog, outliers cut off");
  assert.equal(describeScale("velocity", { ...USUAL_STATE, scope: "layer" }), "each layer, symlog, outliers included");
});
