/** Watchdog of the start of Python's worker: reports a stalled start, and the cause of a failed one. */

import { answerFault, connectionFault, hashFault, nameOf, UPDATED } from "./start_faults.js";

/** @import { BootEvent } from "./protocol.d.ts" */

/** Report a stalled start after this time without a message or a byte. Milliseconds. */
const STALLED_AFTER = 12_000;
/** Expected time to the worker's first message. Milliseconds. */
const FIRST_EVENT_WITHIN = 5_000;
/** The same for Python's own start, which sends no messages and is slow on slow machines. Milliseconds. */
const PYTHON_STALLED_AFTER = 45_000;
/** The file that the worker needs before its first message: its modules are linked into one, see tools/linked.py. */
const WORKER_FILES = ["worker.js"];
/** Without its query and fragment, so that it is the page that the browser has in its cache. */
const address = () => location.href.split("#")[0];

/** Whether the server has another build of the page by now. */
async function isUpdated() {
  const answer = await fetch(address(), { cache: "no-store", signal: AbortSignal.timeout(STALLED_AFTER) }).catch(
    () => null,
  );
  const [, build] = /data-build="([^"]*)"/.exec((await answer?.text().catch(() => "")) ?? "") ?? [];
  return answer?.ok === true && build !== undefined && build !== document.documentElement.dataset.build;
}

/** Reload past all caches: index.html may lie in the browser's for ten minutes, and in a kept copy for good. */
export async function reloadPage() {
  const options = /** @type {RequestInit} */ ({ cache: "reload", signal: AbortSignal.timeout(5_000) });
  await fetch(address(), options).then(
    (answer) => answer.text(),
    () => "",
  );
  const kept = await navigator.serviceWorker?.getRegistration(document.baseURI);
  await kept?.unregister();
  location.reload();
}

/** Compare a file that has arrived with its hash in the import map of index.html. @param {string} url */
async function damage(url) {
  const map = JSON.parse(document.querySelector("script[type=importmap]")?.textContent ?? "{}");
  const hashes = Object.entries(/** @type {Record<string, string>} */ (map.integrity ?? {}));
  const [, integrity] = hashes.find(([address]) => new URL(address, document.baseURI).href === url) ?? [];
  return fetch(url, { integrity, cache: "force-cache" }).then(
    () => null,
    () => hashFault(nameOf(url)),
  );
}

/**
 * Request the worker's own files.
 * @param {RequestCache} cache
 * @returns {Promise<string | null>} why one cannot be used, or ""
 */
async function workerFault(cache) {
  const faults = await Promise.all(
    WORKER_FILES.map(async (file) => {
      const url = new URL(file, import.meta.url).href;
      try {
        const answer = await fetch(url, { cache });
        await answer.text();
        return answerFault(answer) ?? (await damage(url));
      } catch (error) {
        return connectionFault(url, error);
      }
    }),
  );
  return faults.find((fault) => fault !== null)?.message ?? "";
}

/** @param {string} reason */
const noWorker = (reason) =>
  `This browser has not started Python's worker, a module worker${reason && ` (${reason})`}. It may be too old, or an ` +
  "extension may block workers: update it or use another one, then press Retry.";

/**
 * @param {object} listener
 * @param {(sentence: string) => void} listener.say   shows what the start waits for; it may still succeed
 * @param {(sentence: string) => void} listener.fail  ends the start
 */
export function createBootWatch({ say, fail }) {
  let timer = 0;
  /** @type {BootEvent | null} */
  let last = null;
  /** Whether an earlier worker failed without a message. */
  let hasFailed = false;

  /** @param {number} delay @param {() => void} act */
  function arm(delay, act) {
    clearTimeout(timer);
    timer = setTimeout(act, delay);
  }

  async function awaitWorker() {
    const end = new Promise((resolve) => setTimeout(resolve, STALLED_AFTER - FIRST_EVENT_WITHIN, null));
    const fault = await Promise.race([workerFault("default"), end]);
    if (last) return;
    if (fault === null) say("worker.js has not arrived. Wait for it, or press Retry.");
    else say(fault || noWorker(""));
  }

  function awaitNext() {
    const { stage = "", pending = [] } = last ?? {};
    if (!pending.length) return say(`${stage} is taking long, as on a slow machine. Wait, or press Retry.`);
    const files = pending.join(", ");
    say(
      `Nothing has arrived for ${STALLED_AFTER / 1000} seconds; the page still waits for ${files}. The network may be checking ` +
        "the file before letting it through. Wait, or press Retry.",
    );
  }

  return {
    /** Refetch the worker's files before another start: the cache may hold damaged ones. */
    async refresh() {
      const end = new Promise((resolve) => setTimeout(resolve, FIRST_EVENT_WITHIN));
      if (hasFailed) await Promise.race([workerFault("reload"), end]);
      hasFailed = false;
    },
    /** The worker was created. */
    begin() {
      last = null;
      arm(FIRST_EVENT_WITHIN, awaitWorker);
    },
    /** Handle a message of the worker. @param {BootEvent} event */
    onEvent(event) {
      last = event;
      if (event.build && event.build !== document.documentElement.dataset.build) return fail(UPDATED);
      arm(event.pending?.length ? STALLED_AFTER : PYTHON_STALLED_AFTER, awaitNext);
    },
    end: () => clearTimeout(timer),
    /** Look for the cause of a failed start. @param {string} message  the known part of it */
    async explain(message) {
      const wasHeard = last !== null; // before another start
      if (await isUpdated()) return UPDATED;
      hasFailed = !wasHeard;
      return wasHeard ? message : (await workerFault("default")) || noWorker(message);
    },
  };
}
