/** Runs of links: planned, looked for among the runs that are here, or created. */

import { leaveOut } from "../config/fragment.js";
import { UNNAMED } from "../config/link.js";
import { MAX_CHARACTERS } from "../files/run_name.js";

/** @import { PartialRunConfig, RunConfig, RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Outcome } from "./actions.js" */
/** Calls that change runs: Python's own at the start, with the page following later. @typedef {Client["call"]} Change */
/** A configuration, the name of its run, and sentences about it. @typedef {{config: PartialRunConfig, name: string, notices: string[]}} Wanted */

export class LinkRuns {
  #call;

  /** @param {Client["call"]} call */
  constructor(call) {
    this.#call = call;
  }

  /**
   * Activate the run of a link; create it if it is not here yet.
   * @param {Wanted} link
   * @param {Change} change
   * @param {string | null} placeholder  id of the run that Python starts with
   * @returns {Promise<Outcome[]>}
   */
  async open(link, change, placeholder) {
    const notices = [...link.notices];
    if (isEmpty(link)) return [...notices, "The link contains no configuration: no run was created."].map(asNotice);
    const config = await this.#plan(link.config, notices);
    const others = (await this.#call("runs")).filter(({ id }) => id !== placeholder);
    const name = link.name || UNNAMED;
    const known = others.find((run) => isNamed(run.name, name) && isSame(run.config, config));
    const runs = known
      ? await change("activate_run", { id: known.id })
      : await create(change, { name, config, notices }, others);
    const run = /** @type {RunSummary} */ (runs.find(({ active }) => active));
    if (runs.some(({ id }) => id === placeholder))
      await change("delete_run", { id: /** @type {string} */ (placeholder) });
    return [{ kind: "opened", name: run.name, id: run.id, step: known ? run.step : null }, ...notices.map(asNotice)];
  }

  /**
   * Complete the link's configuration; fields that Python refuses are ignored.
   * @param {PartialRunConfig} config @param {string[]} notices  sentences about that are added
   */
  async #plan(config, notices) {
    for (let rest = config; ; ) {
      try {
        return (await this.#call("plan_run", { config: rest })).config;
      } catch (error) {
        const { name, message } = /** @type {Error} */ (error);
        if (name !== "ValueError") throw error;
        const left = leaveOut(rest, message);
        notices.push(left.notice);
        rest = left.config;
      }
    }
  }
}

/**
 * Create a run under a free name; a name that Python refuses is ignored.
 * @param {Change} change
 * @param {Wanted} wanted
 * @param {RunSummary[]} others
 * @returns {Promise<RunSummary[]>}
 */
async function create(change, { name, config, notices }, others) {
  try {
    return await change("create_run", { name: freeName(name, others), config });
  } catch (error) {
    const { name: kind, message } = /** @type {Error} */ (error);
    if (kind !== "ValueError" || !message.startsWith("name ")) throw error;
    notices.push(`In the link, ${message}: it is ignored.`);
    return change("create_run", { name: freeName(UNNAMED, others), config });
  }
}

/** Whether a link has no configuration and no name. @param {Pick<Wanted, "config" | "name">} link */
export const isEmpty = ({ config, name }) => Object.keys(config).length === 0 && name === "";

/** @param {string} text @returns {Outcome} */
export const asNotice = (text) => ({ kind: "notice", text });

/** @param {RunConfig} one @param {RunConfig} other  both as Python writes them */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Whether a run has this name, possibly with a number. @param {string} name @param {string} wanted */
const isNamed = (name, wanted) => name === wanted || name.replace(/ \(\d+\)$/, "") === wanted;

/** The name, or "name (2)", "name (3)" and so on. @param {string} name @param {RunSummary[]} runs */
function freeName(name, runs) {
  const taken = new Set(runs.map((run) => run.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) {
    const ending = ` (${number})`;
    free = [...name].slice(0, MAX_CHARACTERS - ending.length).join("") + ending;
  }
  return free;
}
