/** A recorded first run of the default network, which plays in the matrices while Python starts. */

import { symexp, symlog } from "../color/symlog.js";
import { unpack } from "../tensors/frame.js";

/** @import { DatasetView, Layout, Sample, Scale } from "../api.d.ts" */
/** @import { Recorded } from "../chart/recorded.js" */
/** @import { Net } from "../network/state.js" */
/** @import { Store } from "./store.js" */
/** @typedef {{step: number, loss: number, accuracy: number, batch: number[], forward_scale: Scale, backward_scale: Scale}} RecordedFrame */
/** @typedef {{layout: Layout, frames: RecordedFrame[], dataset: DatasetView, samples: Sample[]}} Header */
/** @typedef {Header & {bytes: Uint8Array}} Recording  made by tools/recording.py, which has the format */

const FILE = new URL("recording.data", import.meta.url);
/** Interval between two frames. Milliseconds. */
const INTERVAL = 200;
/** The byte of zero, and the steps on either side. */
const ZERO = 128;
const STEPS = 127;

/** Throws an error for what is not a whole recording. @param {ArrayBuffer} data @returns {Recording} */
export function decode(data) {
  const length = new DataView(data).getUint32(0, true);
  /** @type {Header} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
  const bytes = new Uint8Array(data, 4 + length);
  const size = header.frames.length * frameSize(header.layout);
  if (bytes.length !== size) throw new RangeError(`the recording must have ${size} bytes, got ${bytes.length}`);
  return { ...header, bytes };
}

const elements = (/** @type {number[]} */ shape) => shape.reduce((product, each) => product * each, 1);

/** @param {Layout} layout */
function frameSize({ forward, backward, optimizer }) {
  return [...forward, ...backward, ...optimizer].reduce((size, { shape }) => size + elements(shape), 0);
}

/** The numbers of one column from their bytes. @param {Uint8Array} bytes @param {Scale} scale */
export function restored(bytes, { min, max, magnitude_p25 }) {
  const reach = Math.max(Math.abs(min), Math.abs(max));
  const threshold = magnitude_p25 || reach;
  const end = symlog(reach, threshold);
  const values = new Float32Array(256);
  for (let byte = 1; byte < 256; byte++) values[byte] = symexp(((byte - ZERO) / STEPS) * end, threshold);
  return Float32Array.from(bytes, (byte) => values[byte]);
}

/** @param {Recording} recording @param {number} index @returns {Net} */
export function netAt({ layout, frames, bytes }, index) {
  const frame = frames[index];
  const size = bytes.length / frames.length;
  const numbers = bytes.subarray(index * size, (index + 1) * size);
  const border = layout.backward[0].offset;
  const values = new Float32Array(size);
  values.set(restored(numbers.subarray(0, border), frame.forward_scale));
  values.set(restored(numbers.subarray(border), frame.backward_scale), border);
  return { ...unpack({ ...frame, run_id: "", values, optimizer_scales: {} }, layout), recorded: true };
}

/** Losses up to a frame, on the axes of all of them. @param {RecordedFrame[]} frames @param {number} index @returns {Recorded} */
export function lossesUntil(frames, index) {
  const column = (/** @type {"step" | "loss"} */ name) => Float64Array.from(frames, (frame) => frame[name]);
  const [step, loss] = [column("step"), column("loss")];
  const most = { step: step[step.length - 1], loss: Math.max(...loss) };
  return { step: step.subarray(0, index + 1), loss: loss.subarray(0, index + 1), most };
}

/**
 * @param {Store} store
 * @param {{reducedMotion: () => boolean}} visitor
 */
export function createRecording(store, { reducedMotion }) {
  const isWanted = () => store.get().page.boot === "loading" && store.get().run === null;
  /** How often Python was started. */
  let starts = 0;

  /** @param {Recording} recording @param {number} index @param {number} start */
  function show(recording, index, start) {
    if (start !== starts || !isWanted()) return;
    const { samples, dataset: about, frames } = recording;
    const { loss, accuracy, batch } = frames[index];
    store.set({
      chart: { recorded: lossesUntil(frames, index) },
      network: { net: netAt(recording, index), samples: batch.map((i) => samples[i]) },
      dataset: { about },
      training: { batchLoss: loss, batchAccuracy: accuracy },
    });
    const next = index + 1;
    if (next < frames.length && !reducedMotion()) setTimeout(() => show(recording, next, start), INTERVAL);
  }

  return {
    /** Play it from its beginning until Python has the page. A page without it, or with a damaged one, starts as well. */
    async play() {
      const start = ++starts;
      const recording = await load().catch(() => null);
      if (recording) show(recording, 0, start);
    },
  };
}

async function load() {
  const answer = await fetch(FILE);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  if (!answer.body) throw new Error("it arrived empty");
  return decode(await new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}
