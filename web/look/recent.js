/** The network whose numbers are read: the newest, but during Play ten of them in a second. */

/** @import { Net } from "../network/state.js" */

/** How long numbers stay during Play. Milliseconds. */
const STAY = 100;

/** @param {() => number} now a clock, milliseconds */
export function createRecent(now) {
  /** @type {Net | null} */
  let kept = null;
  let since = 0;
  return (/** @type {Net} */ net) => {
    const stays = net.passing && kept?.passing && kept.run_id === net.run_id && now() - since < STAY;
    if (stays && kept) return kept;
    if (kept !== net) since = now();
    kept = net;
    return net;
  };
}

export const recent = createRecent(() => performance.now());
