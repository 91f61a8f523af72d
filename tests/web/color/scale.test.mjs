/** The pure functions behind the colour scales, against the same things worked out the long way. */

import assert from "node:assert/strict";
import test from "node:test";
import { USUAL as ALL_USUAL, parted } from "../../../web/color/column_scale.js";
import { coverage, suggestion, visibilityOf } from "../../../web/color/coverage.js";
import { takesBlack } from "../../../web/color/ink.js";
import { PALETTES } from "../../../web/color/palettes.js";
import { entry, isBeyond, norm, place } from "../../../web/color/scale.js";
import { roundedThreshold, symexp, symlog } from "../../../web/color/symlog.js";
import { paint } from "../../../web/heatmap/paint.js";
import { measured, taken } from "../../../web/metrics/confusion.js";
import { countNotFinite, magnitudeQuartile, quantiles } from "../../../web/tensors/quantiles.js";

const [FIRST, MIDDLE, LAST] = [1, 128, 255];
const USUAL = { ...ALL_USUAL.forward, transform: "linear" };
/** A table whose colours are their own numbers: neighbours in a palette may look the same. */
const ENTRIES = Uint32Array.from({ length: 256 }, (_, i) => i);
const LARGEST = 3.4028234663852886e38; // of float32
const SMALLEST = 2 ** -149;

/** The same numbers in every run (Marsaglia 2003, "Xorshift RNGs", 32 bits). */
function generator(seed) {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}
const random = generator(20130101);
/** Box & Muller (1958). */
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const list = (length, number) => Float32Array.from({ length }, number);
/** Any of the float32 numbers, of all sizes, NaN and infinities among them. */
function anyFloat() {
  return new Float32Array(Uint32Array.of(random() * 2 ** 32).buffer)[0];
}

const LISTS = {
  "normal numbers": [list(5001, normal)],
  "two lists with an outlier": [list(400, normal), Float32Array.of(1e6)],
  "mostly zeros": [list(2000, () => (random() < 0.01 ? normal() : 0))],
  "many sizes": [list(3000, () => normal() * 10 ** (-12 * random()))],
  "every kind of bits": [list(4000, anyFloat)],
  "negative only": [list(77, () => -random() - 3)],
  "both zeros": [Float32Array.of(-0, 0, -0, 0)],
  "one number": [Float32Array.of(-7)],
  "the ends of float32": [Float32Array.of(-LARGEST, -SMALLEST, 0, SMALLEST, LARGEST, Number.NaN, Infinity, -Infinity)],
};

/** Definition 7 of Hyndman & Fan (1996) after sorting. */
function sortedQuantile(lists, share) {
  const all = lists.flatMap((one) => [...one]).filter(Number.isFinite);
  all.sort((a, b) => a - b);
  const at = share * (all.length - 1);
  const below = all[Math.floor(at)];
  return below + (all[Math.ceil(at)] - below) * (at - Math.floor(at));
}

const magnitudes = (values) => values.map(Math.abs).filter((magnitude) => magnitude > 0);

for (const [what, lists] of Object.entries(LISTS)) {
  test(`the lower quartile of the magnitudes of ${what} is that of the sorted ones`, () => {
    assert.equal(magnitudeQuartile(lists), sortedQuantile(lists.map(magnitudes), 0.25) || 0);
  });

  test(`quantiles of ${what} are those of the sorted numbers`, () => {
    const shares = [0, 0.02, 0.25, 0.5, 0.75, 0.98, 1];
    const found = quantiles(lists, shares);
    shares.forEach((share, i) => {
      assert.ok(Math.abs(found[i] - sortedQuantile(lists, share)) === 0, `${share}: ${found[i]}`);
    });
  });
}

test("quantiles of nothing are no numbers", () => {
  assert.deepEqual(quantiles([], [0, 1]), [Number.NaN, Number.NaN]);
  assert.deepEqual(quantiles([Float32Array.of(Number.NaN, Infinity)], [0.5]), [Number.NaN]);
});

test("symlog has zero at zero, is odd, nearly linear below its threshold and logarithmic far above", () => {
  assert.equal(symlog(0, 0.1), 0);
  assert.equal(symlog(-3, 0.1), -symlog(3, 0.1));
  assert.ok(Math.abs(symlog(1e-6, 0.1) / symlog(5e-7, 0.1) - 2) < 1e-5);
  assert.ok(Math.abs(symlog(1e9, 0.1) - symlog(1e8, 0.1) - Math.LN10) < 1e-8);
  for (const value of [-1e30, -2, 1e-20, 0.1, 7, LARGEST]) {
    assert.ok(Math.abs(symexp(symlog(value, 0.1), 0.1) / value - 1) < 1e-13, String(value));
  }
});

test("the threshold is rounded to 1, 2 or 5 times a power of ten, and never nothing while there is something", () => {
  for (const [quartile, rounded] of [
    [0.3, 0.2],
    [0.33, 0.5],
    [0.00142, 0.002],
    [7.1, 10],
    [9.99e-5, 1e-4],
    [6.2e-5, 5e-5],
    [2 ** -149, 1e-45],
  ])
    assert.equal(roundedThreshold(quartile), rounded);
  assert.equal(roundedThreshold(5e-324), 5e-324);
  assert.equal(roundedThreshold(1.2e308), 1e308);
  assert.equal(roundedThreshold(0), 0);
});

/** The entry by the formula, and how far the number is from a border between two entries. */
function byFormula({ low, high, threshold }, diverging, value) {
  if (!Number.isFinite(value)) return { wanted: 0, margin: 1 };
  const along = (x) => (threshold ? symlog(x, threshold) : x);
  const [from, anchor] = diverging ? [0, MIDDLE] : [low, FIRST];
  const t = anchor + 0.5 + ((along(value) - along(from)) / (along(high) - along(from))) * (LAST - anchor);
  if (!(t > FIRST && t < LAST + 1)) return { wanted: t < MIDDLE ? FIRST : LAST, margin: 1 };
  return { wanted: Math.floor(t), margin: Math.abs(t - Math.round(t)) };
}

const NORMS = {
  "about zero": [{ min: -2, max: 3 }, 0],
  "about zero, symlog": [{ min: -2, max: 3 }, 0.01],
  "symlog with a threshold as large as the scale": [{ min: -2, max: 3 }, 3],
  "symlog over 40 orders of magnitude": [{ min: -1e20, max: 2 }, 1e-20],
  "above zero, symlog": [{ min: 5, max: 5000 }, 40],
  "below zero, symlog": [{ min: -5000, max: -5 }, 40],
  "all of float32, symlog": [{ min: -LARGEST, max: LARGEST }, 1],
  "what float32 has no smaller numbers than, symlog": [{ min: -1e-44, max: 1e-43 }, 1e-44],
};

for (const diverging of [true, false]) {
  for (const [what, [ends, threshold]] of Object.entries(NORMS)) {
    test(`pixels of a ${diverging ? "diverging" : "plain"} palette, ${what}: as by the formula`, () => {
      const scale = norm(ends, diverging, threshold);
      const reach = Math.max(Math.abs(ends.min), Math.abs(ends.max));
      const values = Float32Array.of(
        ...list(4000, anyFloat),
        ...list(4000, () => 1.2 * reach * (2 * random() - 1)),
        ...list(4000, () => reach * normal() * 10 ** (-20 * random())),
        ...(scale.steps?.bounds.filter(Number.isFinite) ?? []),
        ...[0, -0, scale.low, scale.high, Number.NaN, Infinity, -Infinity],
      );
      const pixels = new Uint32Array(values.length);
      paint(pixels, values, ENTRIES, scale);
      let compared = 0;
      values.forEach((value, i) => {
        assert.equal(pixels[i], entry(scale, value), `pixel and entry of ${value}`);
        const { wanted, margin } = byFormula(scale, diverging, value);
        if (margin < 1e-9) return; // rounding decides
        compared++;
        assert.equal(pixels[i], wanted, String(value));
      });
      assert.ok(compared > values.length - 300, String(compared));
      if (diverging) assert.equal(entry(scale, 0), MIDDLE);
      assert.deepEqual([entry(scale, scale.low), entry(scale, scale.high)], [FIRST, LAST]);
      const views = [0, 1].map((from) => values.subarray(from, from + 10));
      views.forEach((view, from) => {
        const few = new Uint32Array(10);
        paint(few, view, ENTRIES, scale);
        assert.deepEqual([...few], [...pixels.subarray(from, from + 10)]);
        paint(few, [...view], ENTRIES, scale);
        assert.deepEqual([...few], [...pixels.subarray(from, from + 10)]);
      });
    });
  }
}

test("a scale without extent has one colour, whatever it is asked for", () => {
  for (const threshold of [0, 1e-3]) {
    assert.equal(entry(norm({ min: 0, max: 0 }, true, threshold), 0), MIDDLE);
    assert.equal(entry(norm({ min: 4, max: 4 }, false, threshold), 4), MIDDLE);
    assert.equal(place(norm({ min: 0, max: 0 }, true, threshold), 0), 0.5);
  }
});

test("a mark on a symlog legend stands where its colour is", () => {
  const scale = norm({ min: -1, max: 1000 }, true, 0.1);
  assert.equal(place(scale, 0), 0.5);
  assert.equal(place(scale, 1000), 1);
  assert.equal(place(scale, -1e9), 0);
  for (const value of [-900, -3, -0.01, 0.2, 17]) {
    const middle = (entry(scale, value) - FIRST) / (LAST - FIRST);
    assert.ok(Math.abs(place(scale, value) - middle) <= 0.5 / (LAST - FIRST) + 1e-12);
  }
});

/** A column as a frame has it. */
function column(tensors) {
  const lists = Object.values(tensors);
  const [min, p25, p50, p75, max] = quantiles(lists, [0, 0.25, 0.5, 0.75, 1]);
  const all = Object.entries(tensors).map(([name, data]) => ({ name, shape: [data.length], data }));
  const scale = { min, p25, p50, p75, max, magnitude_p25: magnitudeQuartile(lists), not_finite: 0 };
  return { tensors: all, scale };
}

const outlier = (factor) => {
  const weights = list(3000, () => 0.3 * normal());
  weights[1234] = 0.3 * factor;
  return column({
    inputs: list(160, () => (random() < 0.25 ? 1 : 0)),
    "layers/0/weights": list(500, () => 0.3 * normal()),
    "layers/0/biases": list(30, () => 0),
    "layers/1/weights": weights,
    "layers/1/biases": list(30, () => 1e-5 * normal()),
  });
};

/** Every choice there is. @returns {import("../../../web/color/column_scale.js").ColorScale[]} */
const CHOICES = ["column", "layer", "tensor"].flatMap((scope) =>
  ["linear", "symlog"].flatMap((transform) => [false, true].map((clip) => ({ scope, transform, clip }))),
);

/** By which tensors share a scale: all do, those of a layer, or none. */
const KEYS = { column: () => "", layer: (name) => name.replace(/\/?[^/]*$/, ""), tensor: (name) => name };

for (const chosen of CHOICES) {
  for (const diverging of [true, false]) {
    const { scope, transform, clip } = chosen;
    test(`${scope}, ${transform}, ${clip ? "clipped" : "whole"}, ${diverging ? "diverging" : "plain"}: scales and meter`, () => {
      const about = outlier(1000);
      const parts = parted(about, chosen, diverging);
      const sum = { cells: 0, hidden: 0, clipped: 0 };
      for (const { name, data } of about.tensors) {
        const alike = about.tensors.filter((other) => KEYS[scope](other.name) === KEYS[scope](name));
        const lists = alike.map((tensor) => tensor.data);
        const part = parts(name);
        const cut = [0.02, 0.98].map((share) => sortedQuantile(lists, share));
        const [lowest, highest] = [0, 1].map((share) => sortedQuantile(lists, share));
        const [min, max] = clip && cut[0] < cut[1] ? cut : [lowest, highest];
        assert.deepEqual([part.min, part.max, part.clipped], [min, max, min > lowest || max < highest], name);
        const reach = Math.max(-min, max);
        assert.deepEqual([part.norm.low, part.norm.high], diverging ? [-reach, reach] : [min, max]);
        if (transform === "symlog" && reach > 0) {
          const quartile = sortedQuantile(lists.map(magnitudes), 0.25);
          assert.equal(part.norm.threshold, Math.min(roundedThreshold(quartile), reach));
        } else assert.equal(part.norm.threshold, 0);
        const pixels = new Uint32Array(data.length + 1);
        paint(pixels, Float32Array.of(...data, 0), ENTRIES, part.norm);
        data.forEach((value, i) => {
          if (value === 0) return;
          sum.cells++;
          const beyond = value < part.norm.low || value > part.norm.high;
          assert.equal(isBeyond(part.norm, value), beyond);
          const hidden = !beyond && pixels[i] === pixels[data.length];
          assert.equal(visibilityOf(part.norm, value), beyond ? "clipped" : hidden ? "hidden" : "seen");
          sum.clipped += Number(beyond);
          sum.hidden += Number(hidden);
        });
      }
      const { hidden, clipped } = coverage(about, parts);
      assert.deepEqual([hidden, clipped], [sum.hidden / sum.cells, sum.clipped / sum.cells]);
      assert.equal(clipped > 0, clip);
    });
  }
}

test("one cell times 1000 hides the others; clipping, a logarithm or a scale of its own brings them back", () => {
  const [before, after] = [outlier(1), outlier(1000)];
  const hidden = (about, chosen) => coverage(about, parted(about, chosen, true)).hidden;
  assert.ok(hidden(before, USUAL) < 0.05);
  assert.ok(hidden(after, USUAL) > 0.9);
  assert.ok(hidden(after, { ...USUAL, clip: true }) < 0.1);
  assert.ok(hidden(after, { ...USUAL, transform: "symlog" }) < 0.1);
});

test("the remedy is the change that leaves the fewest hidden, and there is none where none is needed or none helps", () => {
  const advice = (about, chosen) => suggestion(about, chosen, true, coverage(about, parted(about, chosen, true)));
  assert.equal(advice(outlier(1), USUAL), null);
  const about = outlier(1000);
  const left = (change) => {
    const chosen = { ...USUAL, ...change };
    return coverage(about, parted(about, chosen, true)).hidden;
  };
  const best = advice(about, USUAL);
  for (const change of [{ transform: "symlog" }, { clip: true }, { scope: "layer" }, { scope: "tensor" }])
    assert.ok(left(best) <= left(change) + 0.01, JSON.stringify([best, change])); // estimated from a sample
  // Layers of very different sizes, each of them uniform: a scale for each layer shows all; a logarithm shows less.
  const sizes = column(
    Object.fromEntries(
      [0, 1, 2, 3].map((k) => [`layers/${k}/grad_weights`, list(400, () => normal() * 10 ** (-6 * k))]),
    ),
  );
  assert.deepEqual(advice(sizes, USUAL), { scope: "layer" });
  assert.equal(advice(sizes, { ...USUAL, scope: "layer" }), null);
  assert.equal(advice(column({ inputs: Float32Array.of(0, Number.NaN) }), USUAL), null);
});

test("shares of classes are those of their rows, and a class without samples has none", () => {
  const counts = Int32Array.of(3, 1, 0, 0, 0, 0, 2, 2, 6);
  assert.deepEqual(measured(counts, 3, "count"), { data: counts, most: 6 });
  const { data, most } = measured(counts, 3, "share");
  assert.equal(most, 1);
  assert.deepEqual([...data], [0.75, 0.25, 0, 0, 0, 0, 0.2, 0.2, 0.6].map(Math.fround));
  assert.deepEqual(taken(counts, 3, 2, 2), { count: 6, of: 10, share: 0.6 });
  assert.deepEqual(taken(counts, 3, 1, 1), { count: 0, of: 0, share: 0 });
});

test("ink can be read on every colour of every palette", () => {
  // WCAG 2.2: relative luminance, and the contrast ratio, which is to be 4.5 at least.
  const linear = (byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = (pixel) =>
    0.2126 * linear(pixel & 255) + 0.7152 * linear((pixel >> 8) & 255) + 0.0722 * linear((pixel >> 16) & 255);
  for (const { light, dark } of Object.values(PALETTES))
    for (const pixel of [light, dark].flatMap(({ forward, backward }) => [...forward, ...backward])) {
      const light = luminance(pixel) + 0.05;
      assert.ok((takesBlack(pixel) ? light / 0.05 : 1.05 / light) >= 4.5, pixel.toString(16));
    }
});

test("float64 of any size have the colours of the same numbers at an ordinary size", () => {
  const ordinary = Float64Array.from({ length: 500 }, normal);
  const tensors = (data) => ({ tensors: [{ name: "inputs", shape: [data.length], data }], scale: scaleOf(data) });
  const scaleOf = (data) => {
    const [min, p25, p50, p75, max] = quantiles([data], [0, 0.25, 0.5, 0.75, 1]);
    return { min, p25, p50, p75, max, magnitude_p25: magnitudeQuartile([data]), not_finite: countNotFinite([data]) };
  };
  const painted = (data, choice, diverging) => {
    const { norm: chosen } = parted(tensors(data), { ...USUAL, ...choice }, diverging)("inputs");
    const pixels = new Uint32Array(data.length);
    paint(pixels, data, ENTRIES, chosen);
    assert.deepEqual(
      [...pixels],
      [...data].map((value) => entry(chosen, value)),
    );
    return [...pixels, ...[...data].map((value) => Math.round(1e9 * place(chosen, value)))];
  };
  for (const choice of [{}, { transform: "symlog" }, { clip: true }, { transform: "symlog", clip: true }])
    for (const diverging of [true, false]) {
      const expected = painted(ordinary, choice, diverging);
      for (const power of [-300, -270, -150, -60, -45, 30, 39, 107, 270, 300, 307]) {
        const data = ordinary.map((value) => value * 10 ** power);
        const found = painted(data, choice, diverging);
        const off = found.filter((value, i) => Math.abs(value - expected[i]) > 1);
        assert.deepEqual(off, [], `${JSON.stringify(choice)} ${diverging} 10^${power}`);
      }
    }
});

test("the largest and the smallest float64 stand on one scale", () => {
  const data = Float64Array.of(
    -Number.MAX_VALUE,
    Number.MAX_VALUE,
    1,
    5e-324,
    -1e-60,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
  );
  const ends = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };
  const scale = { ...ends, p25: -1, p50: 0, p75: 1, magnitude_p25: 1, not_finite: 2 };
  for (const transform of ["linear", "symlog"])
    for (const diverging of [true, false]) {
      const column = { tensors: [{ name: "inputs", shape: [7], data }], scale };
      const { norm: chosen } = parted(column, { ...USUAL, transform }, diverging)("inputs");
      const entries = [...data].map((value) => entry(chosen, value));
      assert.deepEqual([entries[0], entries[1], ...entries.slice(5)], [FIRST, LAST, 0, 0]);
      assert.ok(
        entries.slice(2, 5).every((at) => Math.abs(at - MIDDLE) <= 1),
        entries.join(" "),
      );
      const { hidden } = coverage(column, () => ({ norm: chosen }));
      assert.ok(hidden > 0 && hidden < 1);
    }
  assert.deepEqual(quantiles([data], [0, 0.5, 1]), [-Number.MAX_VALUE, 5e-324, Number.MAX_VALUE]);
});
