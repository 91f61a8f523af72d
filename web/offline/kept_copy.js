/** The copy of the site that a service worker keeps on this device: made, renewed, deleted. */

import { scriptAddress } from "../engine/start_worker.js";

/** Development happens there, and wants the newest files. */
const LOCAL = ["localhost", "127.0.0.1", "[::1]"];
/** Names of caches begin with this, see sw.js. */
const prefix = () => `backprop:${new URL("./", document.baseURI).pathname}:`;

export const isPossible = () =>
  globalThis.isSecureContext && "serviceWorker" in navigator && !LOCAL.includes(location.hostname);

/** One registration, and what is said of it. */
export class KeptCopy {
  /** @type {ServiceWorkerRegistration | null} */
  #registration = null;
  #listener;

  /** @param {{onKept: () => void, onNewVersion: () => void, onFault: (message: string) => void}} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  /** Begin, or follow what an earlier visit began. */
  async keep() {
    try {
      const address = new URL("sw.js", document.baseURI).href;
      const found = await navigator.serviceWorker.register(scriptAddress(address), { updateViaCache: "none" });
      this.#registration = found;
      if (found.active) this.#listener.onKept();
      if (found.waiting) this.#listener.onNewVersion();
      if (found.installing) this.#follow(found.installing);
      found.addEventListener("updatefound", () => found.installing && this.#follow(found.installing));
    } catch (/** @type {any} */ error) {
      this.#listener.onFault(error.message);
    }
  }

  /** Look for a new build on the server. */
  async look() {
    await this.#registration?.update().catch(() => {}); // without a network there is none
  }

  /** Let the new version answer from now on. */
  async changeOver() {
    const waiting = this.#registration?.waiting;
    if (!waiting) return;
    // Not its control of this page: a page of the first visit is controlled by none.
    const isOver = new Promise((resolve) =>
      waiting.addEventListener(
        "statechange",
        () => ["activated", "redundant"].includes(waiting.state) && resolve(null),
      ),
    );
    waiting.postMessage("take over");
    await isOver;
  }

  async delete() {
    this.#registration = null;
    await deleteCopy();
  }

  /** @param {ServiceWorker} coming */
  #follow(coming) {
    coming.addEventListener("statechange", () => {
      if (coming.state === "redundant")
        this.#listener.onFault("The connection was cut; the next visit goes on from there.");
      if (coming.state === "activated") this.#listener.onKept();
      if (coming.state === "installed" && this.#registration?.active) this.#listener.onNewVersion();
    });
  }
}

/** Delete what is kept of this site, and its service worker. */
export async function deleteCopy() {
  const registration = await navigator.serviceWorker?.getRegistration(document.baseURI);
  await registration?.unregister();
  const names = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(names.filter((name) => name.startsWith(prefix())).map((name) => caches.delete(name)));
}
