/** A chosen speed: it is held by the clock, changes no result, and Pause never waits for the next step. */

import assert from "node:assert/strict";
import test from "node:test";
import { Player } from "../../../web/training/player.js";
import { MAX, neighbourSpeed, reachedWords, SPEEDS, speedLabel, speedWords } from "../../../web/training/speed.js";

/** A clock whose time passes only where something takes time; timers ring in their order. */
function createClock() {
  let time = 1000;
  /** @type {{at: number, ring: () => void}[]} */
  let timers = [];
  return {
    now: () => time,
    pass(ms) {
      time += ms;
    },
    sleep: (ms) => new Promise((resolve) => timers.push({ at: time + ms, ring: resolve })),
    /** Let the next timer ring; if there is none, the player waits for nothing. */
    ring() {
      const [next] = timers.sort((a, b) => a.at - b.at);
      if (!next) return;
      timers = timers.slice(1);
      time = Math.max(time, next.at);
      next.ring();
    },
    timers: () => timers.length,
  };
}

/** Let all promises that are due be settled. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A player whose slices take `cost` milliseconds a step.
 * @param {{speed: number, cost?: number, hidden?: boolean, until?: (state: any) => boolean}} machine
 */
function machine({ speed, cost = 0.5, hidden = false, until = () => false }) {
  const clock = createClock();
  const state = { speed, hidden, steps: 0, slices: [], shown: [], asked: [] };
  const player = new Player({
    ...clock,
    speed: () => state.speed,
    hidden: () => state.hidden,
    async advance(asked) {
      state.asked.push(asked);
      const most = Math.max(1, Math.floor(asked.max_ms / cost));
      const made = Math.min(asked.steps, most);
      clock.pass(cost * made);
      state.steps += made;
      state.slices.push({ at: clock.now(), steps: made });
      const metrics = asked.metrics ? { step: state.steps } : null;
      return {
        slice_ms: cost * made,
        slice_steps: made,
        measuring: false,
        ended: until(state),
        step: state.steps,
        metrics,
      };
    },
    onFrame: (frame, reached) => state.shown.push({ at: clock.now(), step: frame.step, reached }),
    async between() {
      await settled(); // as a worker's answer would be: where every moment is due, nothing else waits
    },
  });
  return { clock, state, player };
}

/** Play for `seconds` of the clock, then stop. @param {ReturnType<typeof machine>} it @param {number} seconds */
async function playedFor({ clock, state, player }, seconds) {
  const end = clock.now() + 1000 * seconds;
  const playing = player.play({ id: "a", batches: 10 });
  for (let i = 0; clock.now() < end && i < 100_000; i++) {
    await settled();
    clock.ring();
  }
  player.stop();
  await playing;
  return state;
}

for (const speed of [1, 5, 20, 100])
  for (const cost of [0.05, 3]) {
    test(`${speed} steps a second, of ${cost} ms each: the clock holds it, and it is shown so`, async () => {
      const it = machine({ speed, cost });
      const { steps, shown } = await playedFor(it, 30);
      assert.ok(Math.abs(steps - 30 * speed) <= Math.max(2, 0.02 * 30 * speed), `${steps} steps`);
      for (const { at, reached } of shown.filter(({ at }) => at > 4000))
        assert.ok(Math.abs(reached / speed - 1) < 0.15, `${reached} at ${at}`);
    });
  }

for (const speed of [1, 5, 20])
  test(`up to 20 a second every step has its own frame, and time to be seen: ${speed}`, async () => {
    const { slices, shown } = await playedFor(machine({ speed }), 20);
    assert.ok(slices.every(({ steps }) => steps === 1));
    assert.equal(shown.length, slices.length);
    for (let i = 1; i < slices.length; i++) assert.ok(slices[i].at - slices[i - 1].at >= 500 / speed);
  });

test("the first step comes at once", async () => {
  const { state, player } = machine({ speed: 1 });
  const playing = player.play({ id: "a", batches: 10 });
  await settled();
  assert.equal(state.steps, 1);
  player.stop();
  await playing;
});

test("a machine that cannot hold 100 a second is said so, and is not overrun", async () => {
  const { steps, shown } = await playedFor(machine({ speed: 100, cost: 20 }), 10);
  assert.ok(steps > 400 && steps <= 501, `${steps}`);
  assert.match(reachedWords(100, shown.at(-1).reached), /^100\/s · (49|50) reached$/);
});

test("late steps are made up for, but not in a burst", async () => {
  for (const [speed, most] of [
    [1, 2],
    [20, 2],
    [100, 27],
  ]) {
    const it = machine({ speed });
    const playing = it.player.play({ id: "a", batches: 10 });
    await settled();
    const before = it.state.steps;
    it.clock.pass(60_000); // the computer slept
    for (let i = 0; i < 3; i++) {
      it.clock.ring();
      await settled();
    }
    assert.ok(it.state.steps - before <= most, `${speed}: ${it.state.steps - before}`);
    it.player.stop();
    await playing;
  }
});

test("in a hidden tab, where timers come once a second, the speed is held", async () => {
  const it = machine({ speed: 20, hidden: true });
  const playing = it.player.play({ id: "a", batches: 10 });
  await settled();
  for (let second = 0; second < 10; second++) {
    it.clock.pass(Math.max(0, 2000 + 1000 * second - it.clock.now()));
    for (let i = 0; i < 8; i++) {
      it.clock.ring();
      await settled();
    }
  }
  assert.ok(it.state.steps >= 180 && it.state.steps <= 230, `${it.state.steps}`);
  it.player.stop();
  await playing;
});

test("Pause is answered at once, without the next step", async () => {
  const { clock, state, player } = machine({ speed: 1 });
  const playing = player.play({ id: "a", batches: 10 });
  for (let i = 0; i < 5; i++) {
    await settled();
    clock.ring();
  }
  await settled();
  const [time, steps] = [clock.now(), state.steps];
  await player.finish();
  assert.equal(await playing, false);
  assert.equal(clock.now(), time);
  assert.equal(state.steps, steps, "every step was measured, so no other is needed for that");
});

test("held between two steps it makes none, and goes on when it is released", async () => {
  const { clock, state, player } = machine({ speed: 5 });
  const playing = player.play({ id: "a", batches: 10 });
  await settled();
  const release = player.hold();
  for (let i = 0; i < 5; i++) {
    clock.ring();
    await settled();
  }
  assert.equal(state.steps, 1);
  release();
  for (let i = 0; i < 5; i++) {
    await settled();
    clock.ring();
  }
  assert.ok(state.steps > 1);
  player.stop();
  await playing;
});

test("another speed is taken up at once", async () => {
  const { clock, state, player } = machine({ speed: 1 });
  const playing = player.play({ id: "a", batches: 10 });
  await settled();
  clock.pass(300);
  state.speed = 5;
  player.wake();
  await settled();
  assert.equal(state.steps, 2);
  state.speed = MAX;
  player.wake();
  for (let i = 0; i < 20; i++) await settled();
  assert.ok(state.steps > 100, `${state.steps}`);
  player.stop();
  await playing;
});

test("at every speed it ends by Python's word, and only the first slice resumes a stopped run", async () => {
  for (const speed of SPEEDS) {
    const { clock, state, player } = machine({ speed, until: ({ steps }) => steps >= 30 });
    let ended = null;
    const playing = player.play({ id: "a", batches: 10 }).then((value) => {
      ended = value;
    });
    for (let i = 0; ended === null && i < 200; i++) {
      await settled();
      clock.ring();
    }
    await playing;
    assert.equal(ended, true);
    assert.deepEqual(
      state.asked.map(({ go_on }) => go_on),
      state.asked.map((_, i) => i === 0),
    );
  }
});

test("speeds in words, and the way from one to the next", () => {
  assert.deepEqual(SPEEDS.map(speedLabel), ["1/s", "5/s", "20/s", "100/s", "Max"]);
  assert.equal(speedWords(1), "1 step per second");
  assert.equal(speedWords(20), "20 steps per second");
  assert.equal(speedWords(MAX), "as fast as possible");
  assert.equal(neighbourSpeed(20, 1), 100);
  assert.equal(neighbourSpeed(1, -1), 1);
  assert.equal(neighbourSpeed(MAX, 1), MAX);
});

test("the statistic says what is reached only where the machine cannot hold the speed", () => {
  assert.equal(reachedWords(MAX, 1784.4), "1,784");
  assert.equal(reachedWords(100, 64.2), "100/s · 64 reached");
  assert.equal(reachedWords(100, 97), "100");
  assert.equal(reachedWords(5, 5.2), "5");
  assert.equal(reachedWords(20, null), "–");
});
