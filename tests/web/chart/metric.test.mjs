/** Loss and accuracy on the chart: lines, the best possible, flags of stops; and the same in words and as a table for other programs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { lossCsv } from "../../../web/chart/csv.js";
import { lossScene, ticksOf } from "../../../web/chart/scene.js";
import { cautions, describeLines, pointOf, spokenPoint } from "../../../web/chart/text.js";
import { lossTypes } from "../../../web/config/units.js";
import { gapWords, setsOf } from "../../../web/metrics/gap_text.js";
import { COLUMNS } from "../../../web/runs/columns.js";
import { deltaOf, rowsOf as rowsOfTable, USUAL } from "../../../web/runs/table.js";

const floats = (...values) => Float64Array.from(values);
const stop = (step, epoch, reason, sentence) => ({ step, epoch, reason, sentence });

/** Two epochs of three steps, and a step of the third. */
const RUN = {
  id: "a",
  name: "A",
  active: true,
  archived: false,
  twins: [],
  config: { trainer: { loss_type: "cross_entropy" }, stopping: { monitor: "held_out_accuracy" } },
  best_step: 6,
  best_loss: 0.75,
  best_accuracy: 0.5,
  best_value: 0.5,
  floor: { cross_entropy: 0.25, mse: 0.1, accuracy: 0.875 },
  held_out_floor: { cross_entropy: 0, mse: 0, accuracy: 1 },
  code: { trained_by: "ours", edited: false, wrong: [] },
  marks: [],
  stops: [
    stop(3, 1, "max_epochs", "Stopped after 1 epoch (maximum 1)."),
    stop(6, 2, "target", "Target reached: it is."),
  ],
};
const losses = floats(2, 1.75, 1.5, 1.25, 1, 0.5, 0.125);
const steps = losses.map((_, i) => i + 1);
const CURVE = {
  id: "a",
  name: "A",
  step: steps,
  epoch: steps.map((step) => step / 3),
  seconds: steps.map((step) => step / 10),
  min: losses,
  mean: losses,
  max: losses,
  smoothing: 0,
  smoothed: losses,
};
const EPOCHS = {
  id: "a",
  name: "A",
  epoch: floats(1, 2),
  step: floats(3, 6),
  seconds: floats(0.3, 0.6),
  train_loss: floats(1.75, 1),
  train_accuracy: floats(0.5, 0.75),
  held_out_loss: floats(1.5, 0.75),
  held_out_accuracy: floats(0.25, 0.5),
  smoothing: 0,
  smoothed_accuracy: floats(0.5, 0.75),
};
const CHART = { metric: "loss", x: "step", log: false, smoothing: 0, outliers: false, large: false, held_out: true };

const sceneOf = (chart = {}, run = {}, epochs = [EPOCHS], curve = CURVE) =>
  lossScene({
    runs: { list: [{ ...RUN, ...run }], colors: { a: 0 }, hidden: {}, table: { archived: false } },
    chart: { curves: [curve], epochs, settings: { ...CHART, ...chart }, zoom: null },
  });
const accuracy = (...more) => sceneOf({ metric: "accuracy" }, ...more);
const rowsOf = (csv) => csv.split("\r\n").map((row) => row.split(",").map((cell) => cell.replace(/^"(.*)"$/, "$1")));
const said = (scene, step) => spokenPoint(pointOf(scene, { id: "a", step }));

test("accuracy is drawn epoch by epoch, on both sets, under the best that can be reached", () => {
  const { drawing, upLabel } = accuracy();
  assert.match(cautions(accuracy()).join(" "), /the mean over the batches of an epoch/);
  const [line] = drawing.lines;
  assert.deepEqual(
    [[...line.x], [...line.main]],
    [floats(3, 6), floats(0.5, 0.75)].map((row) => [...row]),
  );
  assert.deepEqual([...drawing.held_out.a.y], [0.25, 0.5]);
  assert.deepEqual(drawing.floor, { y: 0.875, label: "best possible, 87.5%" });
  assert.deepEqual(drawing.stars.a, { x: 6, y: 0.5 });
  assert.deepEqual(drawing.across, [0, 7]);
  assert.equal(upLabel, "accuracy (%)");
  assert.ok(!line.summed);
  assert.deepEqual(sceneOf({ metric: "accuracy", held_out: false }).drawing.held_out, {});
});

test("its axis is in percent, ends with all of them, and is never logarithmic", () => {
  const chart = { ...CHART, metric: "accuracy", log: true };
  const scene = sceneOf(chart);
  assert.deepEqual(scene.drawing, accuracy().drawing);
  const labels = ticksOf(scene, chart, 600, 200).up.map(({ label }) => label);
  assert.deepEqual(labels, ["0", "50", "100"]);
  const whole = { ...scene, drawing: { ...scene.drawing, up: [0.99, 1.05] } };
  assert.equal(ticksOf(whole, chart, 600, 200).up.at(-1).label, "100");
});

test("before the first epoch is complete there is no accuracy, and that is said", () => {
  const scene = accuracy({}, [{ ...EPOCHS, step: floats() }]);
  assert.deepEqual(scene.drawing.lines, []);
  assert.match(cautions(scene).join(" "), /measured at the end of each epoch, and none is complete yet/);
});

test("every stop has a flag, on both charts and along every axis", () => {
  for (const metric of ["loss", "accuracy"]) {
    for (const [x, places] of Object.entries({ step: [3, 6], epoch: [1, 2], time: [0.3, 0.6] })) {
      const scene = sceneOf({ metric, x });
      const { a: flags } = scene.drawing.marks;
      assert.deepEqual(
        flags.map((flag) => flag.x),
        places,
      );
      assert.deepEqual(
        flags.map(({ label }) => label),
        ["⚑ epochs done", "⚑ target"],
      );
      assert.equal(flags[0].words, "at step 3, epoch 1: Stopped after 1 epoch (maximum 1).");
      assert.match(cautions(scene).join(" "), /⚑ marks where a run stopped by itself/);
    }
  }
});

test("a point of losses says the best possible, the gap, what is held out, and the stop", () => {
  assert.equal(
    said(sceneOf(), 3),
    "A: step 3, epoch 1, time 0.30 s, loss 1.5000 nats, best possible 0.2500 nats, gap 1.2500 nats, held out 1.5000 nats, " +
      "held-out best possible 0.0000 nats, held-out gap 1.5000 nats, stopped at step 3, epoch 1: Stopped after 1 epoch (maximum 1).",
  );
  // A single batch may be below; what is held out was measured at the end of the epoch before.
  assert.match(said(sceneOf(), 7), /gap minus 0.1250 nats, held out 0.7500 nats, epoch 2, held-out best/);
  assert.ok(!said(sceneOf(), 2).includes("held out"));
});

test("a point of accuracies does so too", () => {
  assert.equal(
    said(accuracy(), 6),
    "A: step 6, epoch 2, time 0.60 s, accuracy 75%, best possible 87.5%, gap 12.5 percentage points, held out 50%, " +
      "held-out best possible 100%, held-out gap 50 percentage points, best epoch of the run, stopped at step 6, epoch 2: Target reached: it is.",
  );
  assert.equal(describeLines(accuracy()), "A at epoch 2: 75%.");
  assert.equal(describeLines(sceneOf()), "A at step 7: 0.1250 nats.");
});

test("beside the point there is less to read", () => {
  const { terms } = pointOf(accuracy(), { id: "a", step: 6 });
  const shown = terms.filter(([, text]) => text).map(([term, text]) => `${term}: ${text}`);
  assert.deepEqual(shown.slice(4), [
    "gap: 12.5 percentage points",
    "held out: 50%",
    "held-out gap: 50 percentage points",
    "best: ★ epoch",
    "stopped: ⚑ target",
  ]);
});

test("what happened after the last complete epoch is read at its point", () => {
  const late = { stops: [stop(7, 7 / 3, "diverged", "Diverged.")] };
  assert.match(said(accuracy(late), 6), /stopped at step 7, epoch 2.33: Diverged\.$/);
});

test("as a table for other programs: losses with their best possible, gaps and held-out values", () => {
  const [header, ...rows] = rowsOf(lossCsv(sceneOf()));
  assert.deepEqual(header, [
    "run id",
    "run",
    "step [updates]",
    "epoch [passes]",
    "time [s]",
    "min loss [nats]",
    "mean loss [nats]",
    "max loss [nats]",
    "smoothed loss [nats]",
    "best possible [nats]",
    "gap [nats]",
    "held-out loss [nats]",
    "held-out best possible [nats]",
    "held-out gap [nats]",
    "unit",
  ]);
  assert.equal(rows.length, 8); // and nothing behind the last line's end
  assert.deepEqual(rows[2].slice(6), ["1.5", "1.5", "1.5", "0.25", "1.25", "1.5", "0", "1.5", "nats"]);
  assert.deepEqual(rows[3].slice(9), ["0.25", "1", "", "0", "", "nats"]);
});

test("and accuracies as shares", () => {
  const [header, ...rows] = rowsOf(lossCsv(accuracy()));
  assert.deepEqual(header.slice(5, 9), [
    "mean accuracy of the epoch's batches [share]",
    "smoothed accuracy [share]",
    "best possible [share]",
    "gap [share]",
  ]);
  assert.deepEqual(rows[1].slice(2), ["6", "2", "0.6", "0.75", "0.75", "0.875", "0.125", "0.5", "1", "0.5", "share"]);
  const [, all] = rowsOf(
    lossCsv(accuracy({ held_out_floor: null }, [{ ...EPOCHS, held_out_accuracy: floats(NaN, NaN) }])),
  );
  assert.deepEqual(all.slice(8), ["0.375", "", "", "", "share"]);
});

const CHANGED = { marks: [{ step: 4, field: "loss_type", from: "cross_entropy", to: "mse" }] };
const MSE = { ...CHANGED, step: 7, config: { ...RUN.config, trainer: { loss_type: "mse" } } };

test("after a change of the loss every number has the unit of its step", () => {
  const scene = sceneOf({}, MSE);
  assert.match(
    said(scene, 4),
    /loss 1.2500 nats, best possible 0.2500 nats, gap 1.0000 nats, held out 1.5000 nats, epoch 1, held-out best possible 0.0000 nats/,
  );
  assert.match(
    said(scene, 5),
    /loss 1.0000 squared error, best possible 0.1000 squared error, gap 0.9000 squared error, held out 1.5000 nats/,
  );
  assert.equal(scene.upLabel, "loss (nats or squared error)");
  assert.match(cautions(scene).join(" "), /cannot be compared/);
  assert.equal(describeLines(scene), "A at step 7: 0.1250 squared error.");
  assert.deepEqual(scene.drawing.floor, { y: 0.1, label: "best possible, 0.1000", from: 4 });
  assert.equal(sceneOf({ x: "time" }, MSE).drawing.floor.from, 0.4);
  const [header, ...rows] = rowsOf(lossCsv(scene));
  const column = (name) => rows.slice(0, 7).map((row) => row[header.findIndex((title) => title.startsWith(name))]);
  assert.deepEqual(column("unit"), [...Array(4).fill("nats"), ...Array(3).fill("squared error")]);
  assert.deepEqual(column("best possible"), [...Array(4).fill("0.25"), ...Array(3).fill("0.1")]);
  assert.deepEqual(column("gap"), ["1.75", "1.5", "1.25", "1", "0.9", "0.4", "0.024999999999999994"]);
});

test("a change that no step has followed is of no loss that is drawn", () => {
  const marks = [{ ...CHANGED.marks[0], step: 7 }];
  const scene = sceneOf({}, { ...MSE, marks });
  assert.equal(scene.upLabel, "loss (nats)");
  assert.deepEqual(scene.drawing.floor, { y: 0.25, label: "best possible, 0.2500" });
  assert.equal(describeLines(scene), "A at step 7: 0.1250 nats.");
});

test("the mean over steps of two units has both, and no gap", () => {
  const steps = floats(3, 6, 7);
  const curve = {
    ...CURVE,
    step: steps,
    epoch: steps,
    seconds: steps,
    mean: floats(2, 1, 0.5),
    min: floats(1, 1, 0.5),
    max: floats(3, 2, 0.5),
  };
  assert.deepEqual(lossTypes(MSE, 4, 6), ["cross_entropy", "mse"]);
  const term = (name, step) =>
    pointOf(sceneOf({}, MSE, [], curve), { id: "a", step }).terms.find(([title]) => title === name)?.[1];
  assert.equal(term("mean loss", 6), "1.0000 nats and squared error");
  assert.equal(term("gap", 6), undefined);
  assert.equal(term("gap", 7), "0.4000 squared error");
});

test("there and back again, each stretch has its own unit", () => {
  const back = { ...RUN, marks: [...CHANGED.marks, { step: 6, field: "loss_type", from: "mse", to: "cross_entropy" }] };
  assert.deepEqual(
    [1, 4, 5, 6, 7].map((step) => lossTypes(back, step, step)),
    [["cross_entropy"], ["cross_entropy"], ["mse"], ["mse"], ["cross_entropy"]],
  );
  assert.equal(sceneOf({}, { ...back, step: 7 }).drawing.floor.from, 6);
});

test("runs are sorted and compared within one unit only", () => {
  const seeds = { seed: 0 };
  const model = { ...seeds, activation: "gelu", dtype: "float32", initialization: "zeros" };
  const dataset = {
    ...seeds,
    task: "next_token",
    encoding: "one_hot",
    master_sequences: null,
    num_master_sequences: null,
    num_samples: 9,
  };
  const trainer = { ...seeds, learning_rate: 0.1, batch_size: 3, optimizer: "sgd", weight_decay: 0, clip_norm: null };
  const parts = {
    epoch: 1,
    shape: [4, 4],
    parameters: 20,
    created: "2026-11-29T00:00:00Z",
    seconds: 1,
    metrics: null,
    stopped: null,
  };
  const summary = (id, loss, { config = RUN.config, ...more } = {}) => ({
    ...{ ...RUN, ...parts, active: false, id, name: id, loss, step: 7, ...more },
    config: { model, dataset, trainer: { ...trainer, ...config.trainer }, stopping: RUN.config.stopping },
  });
  const [low, high] = [summary("low", 0.1), summary("high", 2)];
  const [mse, changed] = [
    summary("mse", 0.5, MSE),
    summary("changed", 1, { ...MSE, marks: [{ ...CHANGED.marks[0], step: 7 }] }),
  ];
  const runs = [mse, high, changed, low];
  const order = (descending) =>
    rowsOfTable({
      runs: { list: runs, table: { ...USUAL, sort: { column: "loss", descending } } },
      training: { playing: false },
      saving: { elsewhere: [] },
    });
  assert.deepEqual(
    order(false).map(({ id }) => id),
    ["low", "changed", "high", "mse"],
  );
  assert.deepEqual(
    order(true).map(({ id }) => id),
    ["high", "changed", "low", "mse"],
  );
  const column = COLUMNS.find(({ id }) => id === "loss");
  assert.equal(column.text(order(true)[3]), "0.5000 squared error");
  assert.equal(deltaOf(column, order(true)[1], low), "+0.9000");
  assert.equal(deltaOf(column, order(true)[3], low), "");
});

test("whole sets of samples: the gap in words, and that the best possible is reached", () => {
  const metrics = { step: 7, loss: 0.28125, accuracy: 0.75, held_out_loss: 0, held_out_accuracy: 1 };
  assert.equal(
    gapWords(setsOf({ ...RUN, metrics })),
    "Training: loss 0.2813 nats (best possible 0.2500), accuracy 75% (best possible 87.5%). " +
      "Held out: loss 0.0000 nats (best possible 0), accuracy 100% (best possible 100%).",
  );
  const nearly = { ...metrics, accuracy: 0.865 };
  assert.match(gapWords(setsOf({ ...RUN, metrics: nearly })), /accuracy 86\.5% \(best possible 87\.5%\)/);
});
