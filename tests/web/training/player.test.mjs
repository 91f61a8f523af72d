/** Play: it goes on until Python says that all has stopped, waits while it is held, and keeps its pace by a coarse clock too. */

import assert from "node:assert/strict";
import test from "node:test";
import { Player } from "../../../web/training/player.js";
import { MAX } from "../../../web/training/speed.js";

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
    assert.ok(asked.length <= frames.length + 1, "it has not ended"); // one slice is requested ahead
    return { slice_ms: 10, slice_steps: 0, measuring: false, ended: false, ...frames[asked.length - 1] };
  };
  const player = new Player({ advance, onFrame: () => {}, between: async () => {} });
  return { ended: await player.play({ id: "a", batches: 10 }), asked };
}

test("only Python's word ends it: not a slice without a step, whether something is measured or not", async () => {
  const waits = [{ measuring: true }, { measuring: false }, { measuring: true }];
  const frames = [{ slice_steps: 8, measuring: true }, ...waits, { slice_steps: 8 }, { ended: true }];
  const { ended, asked } = await played(frames);
  assert.equal(ended, true);
  assert.ok(asked.length >= frames.length);
  assert.deepEqual(
    asked.map(({ go_on }) => go_on),
    asked.map((_, i) => i === 0),
  );
});

test("a slice in which only something was measured says nothing of how many steps fit into one", async () => {
  const { asked } = await played([{ slice_steps: 10 }, { measuring: true }, { ended: true }]);
  assert.equal(asked[1].steps, asked[2].steps);
});

test("at Pause the whole data set is measured, unless every slice says that this is dear", async () => {
  const slow = { slice_steps: 10, slice_ms: 200 };
  const paused = async (frames) =>
    (await played([...frames, {}, {}], frames.length)).asked.slice(frames.length).filter(({ metrics }) => metrics);
  assert.deepEqual(await paused([slow, slow]), []);
  for (const frames of [
    [slow, { slice_steps: 20 }],
    [{ slice_steps: 20 }, slow],
  ]) {
    assert.deepEqual(await paused(frames), [{ id: "a", steps: 1, max_ms: 50, metrics: true, go_on: false }]);
  }
});

/** Let all promises that are due be settled. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Play with a worker that answers the oldest request when `answer` is called. @param {{speed?: number, now?: () => number}} [outside] */
async function begun({ speed = MAX, now = speed === MAX ? () => 1000 : undefined } = {}) {
  const asked = [];
  const waiting = [];
  /** Frames with the number of requests by then. */
  const shown = [];
  const player = new Player({
    speed: () => speed,
    sleep: settled,
    ...(now ? { now } : {}),
    advance(params) {
      asked.push(params);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    onFrame: (frame) => shown.push({ ...frame, asked: asked.length }),
    between: settled,
  });
  const playing = player.play({ id: "a", batches: 10 });
  await settled();
  return {
    player,
    playing,
    asked,
    shown,
    waiting,
    async answer(frame = {}) {
      const answered = { slice_ms: 10, slice_steps: 10, measuring: false, ended: false, ...frame };
      waiting.shift().resolve(answered);
      for (let i = 0; i < 3; i++) await settled();
    },
  };
}

test("as fast as it can, two slices are requested ahead, before the last one is shown", async () => {
  const { player, playing, asked, shown, waiting, answer } = await begun();
  assert.equal(waiting.length, 1, "nothing is known of the steps yet");
  for (let i = 0; i < 8; i++) {
    await answer({ step: i });
    assert.equal(waiting.length, 2);
  }
  assert.deepEqual(
    shown.map((frame) => frame.asked - frame.step),
    [3, 3, 3, 3, 3, 3, 3, 3],
  );
  assert.ok(asked.slice(1).every(({ go_on }) => !go_on));
  player.stop();
  await answer();
  await answer();
  assert.equal(await playing, false);
  assert.equal(shown.length, 8, "stopped, nothing more is shown");
});

for (const [reason, frame, speed] of [
  ["at a chosen speed", {}, 100_000],
  ["while a step takes longer than a slice may", { slice_steps: 1, slice_ms: 60 }, MAX],
])
  test(`${reason} no slice is requested ahead`, async () => {
    const { player, playing, waiting, answer } = await begun({ speed });
    for (let i = 0; i < 8; i++) {
      await answer(frame);
      assert.equal(waiting.length, 1);
    }
    player.stop();
    await answer();
    await playing;
  });

test("while the whole data set is measured no slice is requested ahead", async () => {
  let time = 1000;
  const { player, playing, asked, waiting, answer } = await begun({ now: () => time });
  await answer();
  assert.equal(waiting.length, 2);
  time += 300; // the next measurement is due
  await answer();
  assert.deepEqual([waiting.length, asked.at(-1).metrics], [2, true]);
  for (let i = 0; i < 4; i++) {
    await answer({ measuring: i > 0 });
    assert.deepEqual([waiting.length, asked.at(-1).metrics], [1, i === 0]);
  }
  await answer();
  assert.equal(waiting.length, 2);
  player.stop();
  while (waiting.length) await answer();
  await playing;
});

test("paused with a slice ahead: both are shown, in their order, and the last step is measured", async () => {
  const { player, playing, asked, shown, waiting, answer } = await begun();
  for (const step of [10, 20]) await answer({ step });
  player.finish();
  for (const step of [30, 40]) await answer({ step });
  assert.equal(asked.length, 5);
  assert.deepEqual([asked[4].steps, asked[4].metrics], [1, true]);
  await answer({ step: 41, slice_steps: 1, metrics: { step: 41 } });
  assert.equal(await playing, false);
  assert.equal(waiting.length, 0);
  assert.deepEqual(
    shown.map(({ step }) => step),
    [10, 20, 30, 40, 41],
  );
});

test("paused with a slice ahead in which all runs stop, it has ended of itself", async () => {
  const { player, playing, asked, answer } = await begun();
  await answer();
  player.finish();
  await answer();
  await answer({ slice_steps: 3, ended: true });
  assert.equal(await playing, true);
  assert.equal(asked.length, 3, "nothing is measured once more");
});

test("after the end the slice ahead makes no step, and nothing follows", async () => {
  const { playing, asked, answer } = await begun();
  await answer();
  await answer({ ended: true });
  assert.equal(await playing, true);
  await answer({ slice_steps: 0, ended: true });
  assert.equal(asked.length, 3);
});

test("a failure is reported once, also that of the slice ahead", async () => {
  for (const failing of [0, 1]) {
    const { playing, waiting, shown, answer } = await begun();
    await answer();
    if (failing) await answer();
    for (const { reject } of waiting.splice(0)) reject(new Error("Python has stopped"));
    await assert.rejects(playing, /Python has stopped/);
    assert.equal(shown.length, 1 + failing);
  }
});

/** Play until two slices are requested, hold it twice, answer them, release one, do `act`, and release the other. */
async function held(act) {
  const { player, playing, asked, waiting, answer } = await begun();
  await answer();
  const releases = [player.hold(), player.hold()];
  await answer();
  await answer();
  assert.equal(asked.length, 3, "it is held");
  releases[0]();
  await settled();
  assert.equal(asked.length, 3, "one hold is left");
  act(player);
  releases[1]();
  await settled();
  while (waiting.length) await answer({ ended: asked.length > 4 });
  return { ended: await playing, slices: asked.length };
}

test("while it is held no slice is requested; released, it continues", async () => {
  assert.deepEqual(await held(() => {}), { ended: true, slices: 6 });
});

test("stopped while it is held, it requests nothing more", async () => {
  assert.deepEqual(await held((player) => player.stop()), { ended: false, slices: 3 });
});

test("paused while it is held, it requests only the last measurement", async () => {
  assert.deepEqual(await held((player) => player.finish()), { ended: false, slices: 4 });
});

/** Make calls one after the other, as a worker does. @template T, R @param {(params: T) => Promise<R>} call */
function inOrder(call) {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return (params) => {
    const next = last.then(() => call(params));
    last = next;
    return next;
  };
}

/**
 * Play for some seconds with a clock that shows multiples of `tick`, in the page as in Python, whose ticks fall at other moments.
 * @param {{tick: number, step: number, measure?: number, seconds?: number}} machine  milliseconds
 */
async function playedBy({ tick, step, measure = 3, seconds = 20 }) {
  let time = 1000.1;
  const clock = (offset) => Math.floor((time + offset) / tick) * tick - offset;
  const python = () => clock(0.37 * tick);
  const [slices, shown, measured] = [[], [], []];
  const player = new Player({
    now: () => clock(0),
    advance: inOrder(async ({ steps, max_ms, metrics }) => {
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
    }),
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
      const target = Math.max(36, step);
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
