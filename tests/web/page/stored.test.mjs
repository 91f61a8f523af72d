/** Every choice that the browser remembers is checked when it is read: whatever stands there, the page can be drawn. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MAX_SMOOTHING } from "../../../web/chart/line.js";
import { storedChart } from "../../../web/chart/state.js";
import { PALETTES } from "../../../web/color/palettes.js";
import { storedFlow } from "../../../web/flow/actions.js";
import { QUANTITIES } from "../../../web/flow/text.js";
import { storedScales } from "../../../web/legend/actions.js";
import { storedSettings } from "../../../web/page/settings.js";
import { initialPanels } from "../../../web/panels/actions.js";
import { TABS } from "../../../web/panels/state.js";
import { storedTable } from "../../../web/runs/arrange.js";
import { COLUMNS } from "../../../web/runs/columns.js";
import { storedLines } from "../../../web/runs/lines.js";
import { rowsOf } from "../../../web/runs/table.js";
import { randomness } from "../files/files.mjs";
import "../schema.mjs";

/** @type {Map<string, string>} */
const kept = new Map();
const key = (part) => `backprop:/:${part}`;

beforeEach(() => {
  kept.clear();
  globalThis.location = new URL("https://some.one/");
  globalThis.localStorage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => kept.set(name, text),
  };
});

const isFlag = (value) => typeof value === "boolean";
const among =
  (...choices) =>
  (value) =>
    choices.includes(value);
const isText = (value) => typeof value === "string";
const isNumberOrNull = (value) => value === null || Number.isFinite(value);
const isTextOrNull = (value) => value === null || isText(value);
const IDS = COLUMNS.map(({ id }) => id);
const fields = (checks) => (value) =>
  Object.keys(value).join() === Object.keys(checks).join() &&
  Object.entries(checks).every(([name, check]) => check(value[name]));
const isView = among("now", "time");
const isScale = fields({
  scope: among("column", "layer", "tensor"),
  transform: among("linear", "symlog"),
  clip: isFlag,
});

/** Each remembered part: the names of its choices, how it is read, and what it must be. */
const PARTS = {
  settings: {
    names: ["palette", "theme", "hatched", "shortcuts"],
    read: storedSettings,
    check: fields({
      palette: among(...Object.keys(PALETTES)),
      theme: among("light", "dark", "system"),
      shown: among("light", "dark"),
      hatched: isFlag,
      shortcuts: isFlag,
    }),
  },
  lines: {
    names: ["colors", "hidden"],
    read: storedLines,
    check: ({ colors, hidden }) =>
      Object.values(colors).every((it) => Number.isInteger(it) && it >= 0) &&
      Object.values(hidden).every((it) => it === true),
  },
  color_scales: {
    names: ["forward", "backward", "velocity", "first_moment", "second_moment"],
    read: storedScales,
    check: (scales) => Object.values(scales).every(isScale),
  },
  loss_chart: {
    names: ["metric", "x", "log", "smoothing", "outliers", "large", "held_out"],
    read: storedChart,
    check: fields({
      metric: among("loss", "accuracy"),
      x: among("step", "epoch", "time"),
      log: isFlag,
      smoothing: (value) => typeof value === "number" && value >= 0 && value <= MAX_SMOOTHING,
      outliers: isFlag,
      large: isFlag,
      held_out: isFlag,
    }),
  },
  runs_table: {
    names: ["sort", "columns", "differing", "archived", "baseline", "filter"],
    read: storedTable,
    check: fields({
      sort: (sort) => sort === null || fields({ column: among(...IDS, "name"), descending: isFlag })(sort),
      filter: among(""),
      columns: (ids) => Array.isArray(ids) && ids.every(among(...IDS)) && new Set(ids).size === ids.length,
      differing: isFlag,
      archived: isFlag,
      baseline: isTextOrNull,
    }),
  },
  panels: {
    names: ["tab", "collapsed", "side", "height"],
    read: initialPanels,
    check: fields({
      tab: among(...TABS.map(({ id }) => id)),
      collapsed: isFlag,
      side: among("bottom", "right"),
      height: isNumberOrNull,
    }),
  },
  flow: {
    names: ["view", "quantity", "spread"],
    read: storedFlow,
    check: fields({
      gradients: fields({
        view: isView,
        quantity: among(...Object.keys(QUANTITIES)),
        table: isFlag,
        answer: among(null),
      }),
      distributions: fields({ view: isView, tensor: isText, table: isFlag, answer: among(null) }),
    }),
  },
};

const WORDS = [
  "constructor",
  "__proto__",
  "toString",
  "name",
  "step",
  "layers/0/weights",
  "update_ratio",
  "",
  "NaN",
  "1",
  "metrics",
  "right",
];
const LEAVES = [null, true, false, 0, 1, -1, 0.5, 1e308, 12345678901, ...WORDS];
const INSIDE = ["column", "descending", "scope", "transform", "clip", "tensor", "view", "open", ...WORDS];

/** Any value that JSON can hold, of the kinds that stand there and of others. */
function anything(random, depth = 0) {
  const kind = depth > 2 ? 0 : random.below(5);
  if (kind === 1) return Array.from({ length: random.below(4) }, () => anything(random, depth + 1));
  if (kind === 2) return Object.fromEntries([1, 2, 3].map(() => [random.choice(INSIDE), anything(random, depth + 1)]));
  return random.choice(LEAVES);
}

const ROW = {
  ...Object.fromEntries(["id", "name", "created"].map((it) => [it, "2026-01-01"])),
  twins: [],
  marks: [],
  shape: [1],
  seconds: 1,
  step: 1,
  epoch: 1,
  loss: 1,
  parameters: 1,
  best_loss: null,
  best_value: null,
  metrics: null,
  stopped: null,
  archived: false,
  active: true,
};
const CONFIG = {
  model: { seed: 0, activation: "gelu", dtype: "float32", initialization: "zeros" },
  dataset: { seed: 0, task: "next_token", encoding: "one_hot", num_samples: 1, num_master_sequences: null },
  trainer: { seed: 0, learning_rate: 1, batch_size: 1, loss_type: "mse", optimizer: "sgd" },
  stopping: { monitor: "held_out_loss" },
};
const RUNS = [ROW, { ...ROW, id: "other", active: false }].map((row) => ({ ...row, config: CONFIG }));

for (const [part, { names, read, check }] of Object.entries(PARTS)) {
  test(`whatever stands in ${part}, what is read of it is valid`, () => {
    const random = randomness(7);
    for (let k = 0; k < 5000; k++) {
      const value =
        random.next() < 0.1 ? anything(random) : Object.fromEntries(names.map((name) => [name, anything(random)]));
      const text = random.next() < 0.02 ? JSON.stringify(value).slice(1) : JSON.stringify(value);
      kept.set(key(part), text);
      const found = read();
      assert.ok(check(found), `${text} is read as ${JSON.stringify(found)}`);
      if (part === "runs_table")
        assert.equal(
          rowsOf({ runs: { list: RUNS, table: found }, training: { playing: false }, saving: { elsewhere: [] } })
            .length,
          2,
        );
    }
  });
}
