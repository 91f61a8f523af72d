/**
 * The workers of a sweep: each is a whole Python that trains one run after the other.
 *
 * A run whose worker fails is trained once more, in a new worker; the other workers go on.
 */

import { Queue } from "./queue.js";

/** @import { RunConfig, Slice } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @typedef {{name: string, config: RunConfig}} Planned */
/** A worker that is ready or starting, and the time its start took once it is known. @typedef {{client: Client, ready: Promise<unknown>}} Started */
/**
 * @typedef {object} Heard  what a pool reports, each with the index of a run
 * @property {(run: number) => void} onBegin
 * @property {(run: number, slice: Slice) => void} onSlice
 * @property {(run: number, bytes: Uint8Array) => Promise<void>} onTrained  the run as a file
 * @property {(run: number, why: string) => void} onFailed  for good
 */

/** Updates and wall time of one slice; between two slices progress is reported. */
const SLICE = { steps: 1_000_000, max_ms: 200, picture: /** @type {const} */ ("none") };
const STOPPED = "the sweep was stopped";

export class Pool {
  #runs;
  #start;
  #heard;
  #queue;
  /** @type {Set<Client>} */
  #clients = new Set();
  /** @type {Promise<void>[]} */
  #delivered = [];
  #isStopped = false;

  /**
   * @param {Planned[]} runs
   * @param {() => Started} start  makes a worker
   * @param {Heard} heard
   */
  constructor(runs, start, heard) {
    this.#runs = runs;
    this.#start = start;
    this.#heard = heard;
    this.#queue = new Queue(runs.length);
  }

  /**
   * Train all runs. Resolves when each has been delivered or has failed, or after `stop`.
   * @param {number} workers
   */
  async train(workers) {
    const reasons = await Promise.all(Array.from({ length: workers }, () => this.#work()));
    const why = reasons.find((reason) => reason !== "") ?? "";
    if (!this.#isStopped) for (const run of this.#queue.clear()) this.#heard.onFailed(run, why);
    await Promise.all(this.#delivered);
  }

  /** End all workers. Runs that are trained by now are still delivered. */
  stop() {
    this.#isStopped = true;
    for (const client of this.#clients) client.stop(STOPPED);
  }

  /** Train runs one after the other, until none waits. @returns {Promise<string>} why no worker starts, or "" */
  async #work() {
    /** @type {Client | null} */
    let client = null;
    for (let run = this.#queue.take(); run !== undefined && !this.#isStopped; run = this.#queue.take()) {
      try {
        client ??= await this.#open();
      } catch (error) {
        this.#queue.putBack(run);
        return /** @type {Error} */ (error).message;
      }
      if (!(await this.#trainOne(run, client))) client = null;
    }
    if (client) this.#end(client);
    return "";
  }

  async #open() {
    const { client, ready } = this.#start();
    this.#clients.add(client);
    try {
      await ready;
      return client;
    } catch (error) {
      this.#end(client);
      throw error;
    }
  }

  /** @param {number} run @param {Client} client @returns {Promise<boolean>} whether the worker can train another run */
  async #trainOne(run, client) {
    this.#heard.onBegin(run);
    try {
      const bytes = await trained(client, this.#runs[run], (slice) => this.#heard.onSlice(run, slice));
      this.#delivered.push(this.#heard.onTrained(run, bytes));
      return true;
    } catch (error) {
      this.#end(client); // its memory may be full or damaged
      if (!this.#isStopped && !this.#queue.fail(run)) this.#heard.onFailed(run, /** @type {Error} */ (error).message);
      return false;
    }
  }

  /** @param {Client} client */
  #end(client) {
    client.stop(STOPPED);
    this.#clients.delete(client);
  }
}

/**
 * Train a run from its start until it stops automatically.
 * @param {Client} client
 * @param {Planned} run
 * @param {(slice: Slice) => void} onSlice
 * @returns {Promise<Uint8Array>} the run file
 */
async function trained(client, { name, config }, onSlice) {
  const id = activeId(await client.call("create_run", { name, config }));
  let slice;
  do {
    slice = /** @type {Slice} */ (await client.call("advance", { id, ...SLICE }));
    onSlice(slice);
  } while (!slice.ended);
  const { bytes } = await client.call("export_run", { id });
  await client.call("delete_run", { id });
  return bytes;
}

/**
 * Measure a network: steps of some milliseconds, after others that warm the caches; and creating and exporting its run.
 * @param {Client} client @param {Planned} planned
 */
export async function measured(client, { name, config }) {
  const began = performance.now();
  const id = activeId(await client.call("create_run", { name, config }));
  let [steps, step] = [0, 0];
  for (const max_ms of [20, 80]) {
    const { slice_ms, slice_steps } = await client.call("advance", { id, ...SLICE, max_ms });
    steps += slice_ms;
    step = slice_ms / Math.max(1, slice_steps);
  }
  await client.call("export_run", { id });
  await client.call("delete_run", { id });
  return { step, run: performance.now() - began - steps };
}

/** @param {{id: string, active: boolean}[]} runs */
const activeId = (runs) => /** @type {{id: string}} */ (runs.find(({ active }) => active)).id;
