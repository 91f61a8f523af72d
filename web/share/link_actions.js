/**
 * Configurations as links, and runs from links: created, active, untrained.
 *
 * A link is opened once and then removed from the address: a reload creates no second run, and shows the run that was active
 * last. Where the link's run is already here, that one is shown. No link trains.
 *
 * Other sites can set the fragment of a page that they have opened, as often as they like. So only the first link of a visit
 * opens its run; later ones, and any that comes while training plays, ask.
 */

import { leaveOut } from "../config/fragment.js";
import { formatLink, readLink, UNNAMED, withoutConfig } from "../config/link.js";
import { writeWhy } from "../explain/link.js";
import { MAX_CHARACTERS } from "../files/run_name.js";

/** @import { PartialRunConfig, RunConfig, RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Outcome, Outside, Tell } from "./actions.js" */
/** A link as it is read; `why`: the fragment of the cell that it explains, to be followed after it. @typedef {NonNullable<ReturnType<typeof readLink>> & {why: string}} Link */
/** Calls that change runs: Python's own at the start, with the page following later. @typedef {Client["call"]} Change */

/**
 * @param {Store} store
 * @param {Outside} outside
 * @param {Tell} tell
 */
export function createLinking(store, { call, perform, attempt }, tell) {
  /** Whether a link was opened during this visit. */
  let opened = false;

  /**
   * Complete the link's configuration; fields that Python refuses are ignored.
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
   * @param {Change} change
   * @param {string} name
   * @param {PartialRunConfig} config
   * @param {RunSummary[]} others
   * @param {string[]} notices
   * @returns {Promise<RunSummary[]>}
   */
  async function make(change, name, config, others, notices) {
    try {
      return await change("create_run", { name: freeName(name, others), config });
    } catch (error) {
      const { name: kind, message } = /** @type {Error} */ (error);
      if (kind !== "ValueError" || !message.startsWith("name ")) throw error;
      notices.push(`In the link, ${message}: it is ignored.`);
      return change("create_run", { name: freeName(UNNAMED, others), config });
    }
  }

  /**
   * @param {Link} link
   * @param {Change} change
   * @param {string | null} placeholder  id of the run that Python starts with
   * @returns {Promise<Outcome[]>}
   */
  async function follow({ config, name, notices }, change, placeholder) {
    if (isEmpty(config, name))
      return [...notices, "The link contains no configuration: no run was created."].map(asNotice);
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
    return [{ kind: "opened", name: run.name, id: run.id, step: known ? run.step : null }, ...notices.map(asNotice)];
  }

  /**
   * @param {Link} link
   * @param {Change} change
   * @param {string | null} placeholder
   */
  const open = (link, change, placeholder) =>
    attempt("The link could not be opened", async () => {
      opened ||= !isEmpty(link.config, link.name);
      tell({ outcomes: await follow(link, change, placeholder) });
    });

  /** Take the link out of the address. @param {boolean} isAsked @returns {Link | null} */
  function takeLink(isAsked) {
    const link = readLink(location.hash);
    if (!link) return null;
    // Removed before the run is created: a network too large for this device must not return with every reload.
    const named = withoutConfig(location.hash);
    const trail = store.get().explain.why?.trail ?? [];
    const rest = isAsked ? writeWhy("", trail.at(-1) ?? null) : named; // the explanation on screen stays there meanwhile
    const url = rest ? `#${rest}` : location.pathname + location.search;
    history.replaceState(isAsked ? { why: trail } : history.state, "", url);
    return { ...link, why: isAsked ? named : "" };
  }

  return {
    /**
     * Follow the link that the page was opened with, before anything is drawn or saved.
     * @param {string} placeholder  id of the run that Python begins with: not needed beside the link's
     */
    async openLinkAtStart(placeholder) {
      const link = takeLink(false);
      if (link) await open(link, call, placeholder);
    },

    /** Follow the link that has come into the address of the open page, or ask about it. */
    async openLink() {
      const asks = opened || store.get().training.playing;
      const link = takeLink(asks);
      if (!link) return;
      if (asks && !isEmpty(link.config, link.name)) tell({ asked: link });
      else await open(link, perform, null);
    },

    /** Open the run that the last link asked for. */
    async openAsked() {
      const { asked } = store.get().share.sharing;
      if (!asked) return;
      tell({ asked: null });
      store.set({ page: { focus: { target: "runs" } } });
      await open(asked, perform, null);
      if (asked.why) location.hash = asked.why;
    },

    ignoreAsked() {
      tell({ asked: null });
      store.set({ page: { focus: { target: "runs" } } });
    },

    copyLink: () =>
      attempt("The link could not be created", async () => {
        const { run } = store.get();
        if (!run) return;
        const { url, notices } = formatLink(location, run);
        const outcomes = notices.map(asNotice);
        if (!url) return tell({ outcomes });
        const copied = await copy(url);
        tell({ outcomes: [{ kind: "link", url, copied }, ...outcomes] });
        if (!copied) store.set({ page: { focus: { target: "link" } } });
      }),
  };
}

/** @param {PartialRunConfig} config @param {string} name */
const isEmpty = (config, name) => Object.keys(config).length === 0 && name === "";

/** Copy a text; browsers may forbid it. @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} text @returns {Outcome} */
const asNotice = (text) => ({ kind: "notice", text });

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
