/** Loss and accuracy on the chart: lines, the best possible, flags of stops; and the same in words and as a table for other programs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { lossCsv } from "../../web/loss_csv.js";
import { lossScene, ticksOf } from "../../web/loss_scene.js";
import { cautions, describeLines, pointOf, spokenPoint } from "../../web/loss_words.js";
import { gapWords, setsOf } from "../../web/measured.js";

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
  floor: { cross_entropy: 0.25, mse: 0.1, accuracy: 0.875 },
  held_out_floor: { cross_entropy: 0, mse: 0, accuracy: 1 },
  marks: [],
  stops: [
    stop(3, 1, "max_epochs", "Stopped after 1 epoch: 1 was to be trained."),
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
};
const CHART = { metric: "loss", x: "step", log: false, smoothing: 0, outliers: false, large: false, held_out: true };

const sceneOf = (chart = {}, run = {}, epochs = [EPOCHS]) =>
  lossScene({
    curves: [CURVE],
    colors: { a: 0 },
    runs: [{ ...RUN, ...run }],
    hidden: {},
    table: { archived: false },
    chart: { ...CHART, ...chart },
    zoom: null,
    epochs,
  });
const accuracy = (...more) => sceneOf({ metric: "accuracy" }, ...more);
const rowsOf = (csv) => csv.split("\r\n").map((row) => row.split(","));
const said = (scene, step) => spokenPoint(pointOf(scene, { id: "a", step }));

test("accuracy is drawn epoch by epoch, on both sets, under the best that can be reached", () => {
  const { drawing, upLabel } = accuracy();
  assert.match(cautions(accuracy()).join(" "), /the mean over the batches of each epoch/);
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
      assert.equal(flags[0].words, "at step 3, epoch 1: Stopped after 1 epoch: 1 was to be trained.");
      assert.match(cautions(scene).join(" "), /⚑ marks where a run stopped of itself/);
    }
  }
});

test("a point of losses says the best possible, the gap, what is held out, and the stop", () => {
  assert.equal(
    said(sceneOf(), 3),
    "A: step 3, epoch 1, time 0.30 s, loss 1.5000 nats, best possible 0.2500 nats, gap 1.2500 nats, held out 1.5000 nats, " +
      "held-out best possible 0.0000 nats, held-out gap 1.5000 nats, stopped at step 3, epoch 1: Stopped after 1 epoch: 1 was to be trained.",
  );
  // A single batch may be below; what is held out was measured at the end of the epoch before.
  assert.match(said(sceneOf(), 7), /gap minus 0.1250 nats, held out 0.7500 nats, epoch 2, held-out best/);
  assert.ok(!said(sceneOf(), 2).includes("held out"));
});

test("a point of accuracies does so too", () => {
  assert.equal(
    said(accuracy(), 6),
    "A: step 6, epoch 2, time 0.60 s, accuracy 75%, best possible 87.5%, gap 12.5 percentage points, held out 50%, " +
      "held-out best possible 100%, held-out gap 50 percentage points, stopped at step 6, epoch 2: Target reached: it is.",
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
  assert.deepEqual(rows[2].slice(5), ["1.5", "1.5", "1.5", "0.25", "1.25", "1.5", "0", "1.5", "nats"]);
  assert.deepEqual(rows[3].slice(8), ["0.25", "1", "", "0", "", "nats"]);
});

test("and accuracies as shares", () => {
  const [header, ...rows] = rowsOf(lossCsv(accuracy()));
  assert.deepEqual(header.slice(4, 8), [
    "mean accuracy of the epoch's batches [share]",
    "smoothed accuracy [share]",
    "best possible [share]",
    "gap [share]",
  ]);
  assert.deepEqual(rows[1].slice(1), ["6", "2", "0.6", "0.75", "0.75", "0.875", "0.125", "0.5", "1", "0.5", "share"]);
  const [, all] = rowsOf(
    lossCsv(accuracy({ held_out_floor: null }, [{ ...EPOCHS, held_out_accuracy: floats(NaN, NaN) }])),
  );
  assert.deepEqual(all.slice(7), ["0.375", "", "", "", "share"]);
});

test("whole sets of samples: the gap in words, and that the best possible is reached", () => {
  const metrics = { step: 7, loss: 0.28125, accuracy: 0.75, held_out_loss: 0, held_out_accuracy: 1 };
  assert.equal(
    gapWords(setsOf({ ...RUN, metrics })),
    "Training: 0.0313 nats above the best possible, 0.2500; accuracy 12.5 percentage points below the best possible, 87.5%. " +
      "Held out: 0.0000 nats above the best possible, 0.0000; accuracy at the best possible, 100%.",
  );
  const nearly = { ...metrics, accuracy: 0.865 };
  assert.match(gapWords(setsOf({ ...RUN, metrics: nearly })), /accuracy 1 percentage point below/);
});
