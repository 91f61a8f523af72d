/**
 * Keeps the newest record of every run in memory, so that training can go on when Python has died, and so that Delete and
 * Reset can be undone. The records are Python's; nothing here looks inside.
 */

/** @typedef {import("./rpc.js").Client["call"]} Call */
/** @typedef {import("./api.d.ts").RunRecord} RunRecord */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */

/**
 * What brings a run back: its record, and the run that stands in its place after a reset.
 * @typedef {{text: string, record: RunRecord, active: boolean, instead: string | null}} Undo
 */

/** @param {Call} call */
export function createKeeper(call) {
  /** @type {Map<string, {record: RunRecord, mark: string, active: boolean}>} in the order of the runs */
  let kept = new Map();

  /** @param {string} id */
  const save = (id) => call("save_run", { id });

  return {
    /** Whether there is anything to go on from. */
    holds: () => kept.size > 0,

    /**
     * Save the runs that have changed since they were kept last; forget those that are gone.
     * @param {RunSummary[]} runs
     */
    async keep(runs) {
      const next = new Map();
      for (const run of runs) {
        const mark = JSON.stringify([run.name, run.step, run.created, run.config]);
        const old = kept.get(run.id);
        const record = old?.mark === mark ? old.record : await save(run.id);
        next.set(run.id, { record, mark, active: run.active });
      }
      kept = next;
    },

    /**
     * Put every kept run into a Python that has just started, in their order, and take away the run it started with.
     * @returns {Promise<void>}
     */
    async restore() {
      const saved = [...kept.values()];
      if (saved.length === 0) return;
      const fresh = await call("runs");
      for (const { record } of saved) await call("load_run", { record });
      for (const { id } of fresh) await call("delete_run", { id });
      const runs = await call("runs");
      const active = saved.findIndex((run) => run.active);
      await call("activate_run", { id: runs[Math.max(active, 0)].id });
    },

    /**
     * Take a record before `run` is deleted or reset.
     * @param {RunSummary} run @param {string} deed  "Deleted"
     * @returns {Promise<Undo>}
     */
    async before(run, deed) {
      const record = await save(run.id);
      return { text: `${deed} “${run.name}”.`, record, active: run.active, instead: deed === "Reset" ? run.id : null };
    },

    /** @param {Undo} undo */
    async undo({ record, active, instead }) {
      await call("load_run", { record, activate: active });
      if (instead !== null) await call("delete_run", { id: instead });
    },
  };
}
