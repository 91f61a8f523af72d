/**
 * A run's configuration goes out as a link, and a link becomes a run: there, active, untrained, under the link's name.
 *
 * A link is followed once and then taken out of the address: a reload makes no second run, and shows the run that was active
 * last. Where the link's run is already here, that one is shown. No link trains.
 */

import { formatLink, readLink, UNNAMED, withoutConfig } from "./config_link.js";
import { leaveOut } from "./fragment.js";

/** @typedef {import("./api.d.ts").PartialRunConfig} PartialRunConfig */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** @typedef {import("./sharing.js").Outcome} Outcome */
/** Calls that change runs: Python's own at the start, with the page following later. @typedef {import("./rpc.js").Client["call"]} Change */

const MOST_CHARACTERS = 100; // of a run's name

/**
 * @param {import("./store.js").Store} store
 * @param {import("./sharing.js").Outside} outside
 * @param {import("./sharing.js").Tell} tell
 */
export function createLinking(store, { call, perform, attempt }, tell) {
  /**
   * What the link describes, complete; what Python refuses of it is left out.
   * @param {PartialRunConfig} config @param {string[]} notices  sentences about that are added
   */
  async function plan(config, notices) {
    for (let rest = config; ; ) {
      try {
        return (await call("plan_run", { config: rest })).config;
      } catch (error) {
        const { name, message } = /** @type {Error} */ (error);
        if (name !== "ValueError") throw error;
        const left = leaveOut(rest, message);
        notices.push(left.notice);
        rest = left.config;
      }
    }
  }

  /**
   * @param {Change} change @param {string} name @param {PartialRunConfig} config @param {RunSummary[]} others
   * @param {string[]} notices
   * @returns {Promise<RunSummary[]>}
   */
  async function make(change, name, config, others, notices) {
    try {
      return await change("create_run", { name: freeName(name, others), config });
    } catch (error) {
      const { name: kind, message } = /** @type {Error} */ (error);
      if (kind !== "ValueError" || !message.startsWith("name ")) throw error;
      notices.push(`In the link, ${message}: it is left out.`);
      return change("create_run", { name: freeName(UNNAMED, others), config });
    }
  }

  /**
   * @param {NonNullable<ReturnType<typeof readLink>>} link
   * @param {Change} change
   * @param {string | null} placeholder  id of the run that stands where there is none yet
   * @returns {Promise<Outcome[]>}
   */
  async function follow({ config, name, notices }, change, placeholder) {
    if (Object.keys(config).length === 0 && name === "")
      return [...notices, "The link holds no configuration: no run was made."].map(inWords);
    const planned = await plan(config, notices);
    const others = (await call("runs")).filter(({ id }) => id !== placeholder);
    const wanted = name || UNNAMED;
    const known = others.find((run) => isNamed(run.name, wanted) && isSame(run.config, planned));
    const runs = known
      ? await change("activate_run", { id: known.id })
      : await make(change, wanted, planned, others, notices);
    const run = /** @type {RunSummary} */ (runs.find(({ active }) => active));
    if (runs.some(({ id }) => id === placeholder))
      await change("delete_run", { id: /** @type {string} */ (placeholder) });
    return [{ kind: "opened", name: run.name, id: run.id, step: known ? run.step : null }, ...notices.map(inWords)];
  }

  /** @param {Change} change @param {string | null} placeholder */
  async function open(change, placeholder) {
    const link = readLink(location.hash);
    if (!link) return;
    // Before anything is made of it: a network too large for this device must not come again with every reload.
    const rest = withoutConfig(location.hash);
    history.replaceState(history.state, "", rest ? `#${rest}` : location.pathname + location.search);
    await attempt("The link could not be opened", async () =>
      tell({ outcomes: await follow(link, change, placeholder) }),
    );
  }

  return {
    /**
     * Follow the link that the page was opened with, before anything is drawn or saved.
     * @param {string} placeholder  id of the run that Python begins with: not needed beside the link's
     */
    openLinkAtStart: (placeholder) => open(call, placeholder),

    /** Follow the link in the address, if there is one. */
    open_link: () => open(perform, null),

    copy_link: () =>
      attempt("The link could not be made", async () => {
        const { run } = store.get();
        if (!run) return;
        const url = formatLink(location, run);
        const copied = await copy(url);
        tell({ outcomes: [{ kind: "link", url, copied }] });
        if (!copied) store.set({ focus: { target: "link" } });
      }),
  };
}

/** Not everywhere may a page write to the clipboard. @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} text @returns {Outcome} */
const inWords = (text) => ({ kind: "notice", text });

/** @param {import("./api.d.ts").RunConfig} one @param {import("./api.d.ts").RunConfig} other  both as Python writes them */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Whether a run has this name, or has it with a number. @param {string} name @param {string} wanted */
const isNamed = (name, wanted) => name === wanted || name.replace(/ \(\d+\)$/, "") === wanted;

/** The name, or "name (2)", "name (3)" and so on. @param {string} name @param {RunSummary[]} runs */
function freeName(name, runs) {
  const taken = new Set(runs.map((run) => run.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) {
    const ending = ` (${number})`;
    free = [...name].slice(0, MOST_CHARACTERS - ending.length).join("") + ending;
  }
  return free;
}
