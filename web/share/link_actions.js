/**
 * Configurations as links, and runs from links: created, active, untrained.
 *
 * A link is opened once and then removed from the address: a reload creates no second run, and shows the run that was active
 * last. Where the link's run is already here, that one is shown. No link trains.
 *
 * Other sites can set the fragment of a page that they have opened, as often as they like. So only the first link of a visit
 * opens its run; later ones, and any that comes while training plays, ask.
 */

import { formatLink, readLink, withoutConfig } from "../config/link.js";
import { writeWhy } from "../explain/link.js";
import { asNotice, isEmpty, LinkRuns } from "./link_runs.js";

/** @import { Store } from "../page/store.js" */
/** @import { Outside, Tell } from "./actions.js" */
/** @import { Change } from "./link_runs.js" */
/** A link as it is read; `why`: the fragment of the cell that it explains, to be followed after it. @typedef {NonNullable<ReturnType<typeof readLink>> & {why: string}} Link */

/**
 * @param {Store} store
 * @param {Outside} outside
 * @param {Tell} tell
 */
export function createLinking(store, { call, perform, attempt }, tell) {
  const runs = new LinkRuns(call);
  /** Whether a link was opened during this visit. */
  let opened = false;

  /**
   * @param {Link} link
   * @param {Change} change
   * @param {string | null} placeholder
   */
  const open = (link, change, placeholder) =>
    attempt("The link could not be opened", async () => {
      opened ||= !isEmpty(link);
      tell({ outcomes: await runs.open(link, change, placeholder) });
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
      if (asks && !isEmpty(link)) tell({ asked: link });
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

/** Copy a text; browsers may forbid it. @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
