/** A worker that measures steps while the form is open; the sweep then trains with it. */

import { samplesOf } from "./estimate.js";
import { measured } from "./pool.js";

/** @import { SweepPlan } from "../api.d.ts" */
/** @import { Measured } from "./estimate.js" */
/** @import { Started } from "./pool.js" */

export class Scout {
  #make;
  /** @type {Started | null} */
  #started = null;
  /** Measured networks by width, precision and batch size. @type {Map<string, Measured>} */
  #known = new Map();
  /** Milliseconds in which the worker started. */
  startMs = 0;

  /** @param {() => Started} make  a worker */
  constructor(make) {
    this.#make = make;
  }

  /** All that is known. */
  get measured() {
    return [...this.#known.values()];
  }

  /** Start the worker, unless it runs. */
  start() {
    if (this.#started) return;
    const began = performance.now();
    this.#started = this.#make();
    this.#started.ready.then(
      () => {
        this.startMs = performance.now() - began;
      },
      () => this.end(),
    );
  }

  /** Measure networks of a plan. Without a worker nothing is measured. @param {SweepPlan} plan */
  async measure({ runs }) {
    const started = this.#started;
    try {
      await started?.ready;
      for (const run of samplesOf(runs)) {
        const key = JSON.stringify([
          run.config.model.hidden_dims,
          run.config.model.dtype,
          run.config.trainer.batch_size,
        ]);
        if (!started || started !== this.#started || this.#known.has(key)) continue;
        this.#known.set(key, { parameters: run.parameters, ...(await measured(started.client, run)) });
      }
    } catch {
      if (started === this.#started) this.end(); // the sweep says why, if its workers fail too
    }
  }

  /** Hand the worker over, or a new one. @returns {Started} */
  give() {
    const started = this.#started ?? this.#make();
    this.#started = null;
    return started;
  }

  /** End the worker. */
  end() {
    this.#started?.client.stop("it is not needed");
    this.#started = null;
  }
}
