/** Play: it goes on until Python says that all has stopped, waits while it is held, and keeps its pace by a coarse clock too. */

import assert from "node:assert/strict";
import test from "node:test";
import { createPlayer } from "../../../web/training/player.js";

/**
 * Play through these frames, one for each call, and pause after `pause` of them; return what was asked, and whether Play ended of
 * itself.
 * @param {object[]} frames @param {number} [pause]
 */
async function played(frames, pause) {
  const asked = [];
  const advance = async (params) => {
    asked.push(params);
    if (asked.length === pause) player.finish();
    assert.ok(asked.length <= frames.length, "it has not ended");
    return { slice_ms: 10, slice_steps: 0, measuring: false, ended: false, ...frames[asked.length - 1] };
  };
  const player = createPlayer({ advance, onFrame: () => {}, between: async () => {} });
  return { ended: await player.play({ id: "a", batches: 10 }), asked };
}

test("only Python's word ends it: not a slice without a step, whether something is measured or not", async () => {
  const waits = [{ measuring: true }, { measuring: false }, { measuring: true }];
  const frames = [{ slice_steps: 8, measuring: true }, ...waits, { slice_steps: 8 }, { ended: true }];
  const { ended, asked } = await played(frames);
  assert.equal(ended, true);
  assert.equal(asked.length, frames.length);
  assert.deepEqual(
    asked.map(({ go_on }) => go_on),
    [true, false, false, false, false, false],
  );
});

test("a slice in which only something was measured says nothing of how many steps fit into one", async () => {
  const { asked } = await played([{ slice_steps: 10 }, { measuring: true }, { ended: true }]);
  assert.equal(asked[1].steps, asked[2].steps);
});

test("at Pause the whole data set is measured, unless every slice says that this is dear", async () => {
  const slow = { slice_steps: 10, slice_ms: 200 };
  const paused = async (frames) => (await played([...frames, {}], frames.length)).asked.slice(frames.length);
  assert.deepEqual(await paused([slow, slow]), []);
  for (const frames of [
    [slow, { slice_steps: 20 }],
    [{ slice_steps: 20 }, slow],
  ]) {
    assert.deepEqual(await paused(frames), [{ id: "a", steps: 1, max_ms: 50, metrics: true, go_on: false }]);
  }
});

/** Play, and hold it twice during the third slice; then do `deed` and release. */
async function held(deed) {
  const asked = [];
  let releases = [];
  const player = createPlayer({
    async advance(params) {
      asked.push(params);
      if (asked.length === 3) {
        releases = [player.hold(), player.hold()];
        setImmediate(async () => {
          assert.equal(asked.length, 3, "it is held");
          releases[0]();
          setImmediate(() => {
            assert.equal(asked.length, 3, "one hold is left");
            deed(player);
            releases[1]();
          });
        });
      }
      return { slice_ms: 10, slice_steps: 9, measuring: false, ended: asked.length === 6 };
    },
    onFrame() {},
    async between() {},
  });
  return { ended: await player.play({ id: "a", batches: 10 }), slices: asked.length };
}

test("while it is held no slice is asked for; released, it goes on", async () => {
  assert.deepEqual(await held(() => {}), { ended: true, slices: 6 });
});

test("stopped while it is held, it asks for nothing more", async () => {
  assert.deepEqual(await held((player) => player.stop()), { ended: false, slices: 3 });
});

test("paused while it is held, it asks only for the last measurement", async () => {
  assert.deepEqual(await held((player) => player.finish()), { ended: false, slices: 4 });
});

/**
 * Play for some seconds with a clock that shows multiples of `tick`, in the page as in Python, whose ticks fall at other moments.
 * @param {{tick: number, step: number, measure?: number, seconds?: number}} machine  milliseconds
 */
async function playedBy({ tick, step, measure = 3, seconds = 20 }) {
  let time = 1000.1;
  const clock = (offset) => Math.floor((time + offset) / tick) * tick - offset;
  const python = () => clock(0.37 * tick);
  const [slices, shown, measured] = [[], [], []];
  const player = createPlayer({
    now: () => clock(0),
    async advance({ steps, max_ms, metrics }) {
      const [began, seen] = [time, python()];
      let done = 0;
      while (done < steps && python() < seen + (done ? max_ms : Number.POSITIVE_INFINITY)) {
        time += step;
        done++;
      }
      slices.push({ at: began, ms: time - began, steps: done });
      const slice_ms = python() - seen;
      if (metrics) {
        measured.push(time);
        time += measure;
      }
      time += 1; // the frame and its way
      return { slice_steps: done, slice_ms, measuring: false, ended: false };
    },
    onFrame: (_, speed) => shown.push({ at: time, speed }),
    async between() {
      if (time > 1000 * (1 + seconds)) player.stop();
    },
  });
  await player.play({ id: "a", batches: 10 });
  const settled = slices.filter(({ at }) => at > 4000);
  return { slices, settled, shown, measured, trained: time - 1000 };
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

for (const tick of [0.005, 1, 16.67, 100]) {
  for (const step of [0.02, 0.1, 1.3, 9, 70]) {
    test(`a clock of ${tick} ms and steps of ${step} ms: slices stay about a frame long`, async () => {
      const { slices, settled } = await playedBy({ tick, step });
      for (const { ms } of slices) assert.ok(ms <= 50 + tick + step, `${ms} ms`);
      const target = Math.max(16, step);
      const length = mean(settled.map(({ ms }) => ms));
      assert.ok(length > target / 2 && length < 2 * target, `${length} ms`);
    });

    test(`a clock of ${tick} ms and steps of ${step} ms: the speed is right, whenever it is shown`, async () => {
      const { settled, shown } = await playedBy({ tick, step });
      const steps = settled.reduce((sum, slice) => sum + slice.steps, 0);
      const true_speed = (1000 * steps) / (settled.at(-1).at - settled[0].at);
      for (const { at, speed } of shown) {
        if (at < 1250) assert.ok(speed <= 2 * true_speed, `${speed} at first`);
        if (at > 4000) assert.ok(Math.abs(speed / true_speed - 1) < 0.4, `${speed} for ${true_speed}`);
      }
      assert.ok(Math.abs(mean(shown.filter(({ at }) => at > 4000).map(({ speed }) => speed)) / true_speed - 1) < 0.1);
    });
  }
}

for (const tick of [0.005, 16.67, 100]) {
  test(`a clock of ${tick} ms: what takes 20 ms to measure is measured at most 5% of the time, if not at every moment`, async () => {
    const { measured, trained } = await playedBy({ tick, step: 3, measure: 20, seconds: 60 });
    assert.ok(measured.length > 10, `${measured.length}`);
    assert.ok(20 * measured.length <= 0.07 * trained, `${measured.length}`);
  });
}
