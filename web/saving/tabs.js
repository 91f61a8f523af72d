/**
 * One owner for each run: the tab that holds its Web Lock trains and saves it.
 *
 * The lock is held by the page for as long as it lives, and the browser releases it when the page is gone. A tab that is
 * frozen while its lock is stolen does not know it yet: therefore each ownership has a number, the epoch, which is
 * checked inside every save (storage.claim, storage.save). Without Web Locks (an insecure origin) the epoch alone protects.
 */

/** @typedef {{owner: true, epoch: number, release: () => void}} Owned */
/** @typedef {Owned | {owner: false}} LockAnswer */

/**
 * @param {object} options
 * @param {string} options.path       of the site, as for openStorage
 * @param {(id: string) => Promise<number>} options.claim  of the storage: a new epoch
 * @param {(id: string) => void} [options.onlost]   another tab has taken this run over
 * @param {(message: any) => void} [options.onmessage]  what another tab has sent; untrusted
 */
export function joinTabs({ path, claim, onlost = () => {}, onmessage = () => {} }) {
  const name = `backprop:${path}`;
  const channel = globalThis.BroadcastChannel ? new BroadcastChannel(name) : null;
  channel?.addEventListener("message", ({ data }) => onmessage(data));
  /** @param {string} id */
  const lockOf = (id) => `${name}:run:${id}`;

  /** @param {string} id @param {LockOptions} options @returns {Promise<LockAnswer>} */
  function request(id, options) {
    const locks = globalThis.navigator?.locks;
    if (!locks) return claim(id).then((epoch) => ({ owner: true, epoch, release() {} }));
    return new Promise((resolve, reject) => {
      let owner = false;
      const ended = locks.request(lockOf(id), options, async (lock) => {
        if (!lock) return resolve({ owner: false });
        const epoch = await claim(id);
        owner = true;
        await new Promise((/** @type {(_: void) => void} */ release) => resolve({ owner: true, epoch, release }));
        owner = false;
      });
      // It ends with a rejection when another tab steals the lock, or when no epoch could be had.
      ended.catch((error) => (owner ? onlost(id) : reject(error)));
    });
  }

  return {
    /** Become the owner of a run, if no other tab is. @param {string} id */
    own: (id) => request(id, { ifAvailable: true }),

    /** Become its owner in any case; `onlost` notifies the previous owner tab. @param {string} id */
    takeOver: (id) => request(id, { steal: true }),

    /**
     * Wait until a run has no owner: its tab was closed, or has released it. Then `own` it, or not.
     * @param {string} id @param {AbortSignal} signal  ends the wait with an AbortError
     * @returns {Promise<void>}
     */
    whenFree: async (id, signal) => navigator.locks?.request(lockOf(id), { signal }, () => {}),

    /** Send plain data to the other tabs. @param {any} message */
    send: (message) => channel?.postMessage(message),

    close: () => channel?.close(),
  };
}

/** @typedef {ReturnType<typeof joinTabs>} Tabs */
