/** Fields committed as they are typed: Python checks the value, and its refusal stays at the field. */

import { tidied } from "../ui/typed.js";

/** @import { Store } from "../page/store.js" */
/** Commit a typed value; resolves to whether Python accepted it. @typedef {(field: string, typed: string, send: () => Promise<unknown>) => Promise<boolean>} Commit */

/** @param {Store} store @returns {Commit} */
export function createCommit(store) {
  let commits = 0;
  /** The newest commit of each field. @type {Map<string, number>} */
  const newest = new Map();

  // Until Python has answered, the field shows what was typed, tidied; answers to older values are ignored.
  return async (field, typed, send) => {
    const mine = ++commits;
    newest.set(field, mine);
    store.set({ training: { committing: { ...store.get().training.committing, [field]: tidied(typed, field) } } });
    const message = await send().then(
      () => null,
      (/** @type {Error} */ error) => error.message,
    );
    if (newest.get(field) !== mine) return false;
    const { [field]: _, ...committing } = store.get().training.committing;
    const { [field]: __, ...others } = store.get().training.refusals;
    const refusals = message === null ? others : { ...others, [field]: { typed, message } };
    store.set({ training: { committing, refusals } });
    return message === null;
  };
}
