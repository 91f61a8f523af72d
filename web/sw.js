/**
 * The service worker: keeps one whole build of the site, so that the page opens without a network.
 *
 * A classic script without imports, under a fixed name, as it answers for all addresses beside it. tools/site.py writes
 * the build and its files into the two constants. It answers for those files and for no others, first from what is kept;
 * a new build is fetched beside the old one and takes over when the page says so.
 */

const BUILD = "source";
/** Addresses of the files of a start, from the folder of this script. @type {string[]} */
const FILES = [];

const scope = new URL("./", location.href);
/** All sites of a GitHub user share an origin: names begin with this site's path. */
const PREFIX = `backprop:${scope.pathname}:`;
const NAME = PREFIX + BUILD;
const PAGE = new URL("./", scope).href;
/** How a page asks for what is on the server by now. */
const PAST_CACHES = ["no-store", "reload", "no-cache"];
/** The worker's global object. */
const worker = /** @type {any} */ (self);

/** Fetch every file that is not here yet: after an interruption the rest. */
async function keep() {
  const cache = await caches.open(NAME);
  for (const file of FILES) {
    const url = new URL(file, scope).href;
    if (await cache.match(url)) continue;
    const isFixed = !file.startsWith("build-"); // a name that does not change with its contents
    const first = await fetch(url, { cache: isFixed ? "no-cache" : "default" });
    const answer = first.ok ? first : await fetch(url, { cache: "reload" }); // the browser may have kept a fault
    if (!answer.ok) throw new Error(`${file} could not be kept: the server answered ${answer.status}`);
    if (url === PAGE && !(await answer.clone().text()).includes(`data-build="${BUILD}"`))
      throw new Error("the server has another build by now");
    await cache.put(url, answer);
  }
}

/** Delete what is kept of older builds, but for the one before: another tab may show it. */
async function forgetOld() {
  const older = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
}

/** The address under which an answer is kept; null for what this worker leaves to the browser. @param {Request} request */
function keptAddress(request) {
  const url = new URL(request.url);
  url.search = url.hash = "";
  if (request.method !== "GET" || !url.href.startsWith(scope.href)) return null;
  if (request.mode === "navigate") return [PAGE, `${PAGE}index.html`].includes(url.href) ? PAGE : null;
  if (PAST_CACHES.includes(request.cache)) return null;
  const file = url.href.slice(scope.href.length);
  return FILES.includes(file) || /^build-\w+\//.test(file) ? url.href : null;
}

/** @param {Request} request @param {string} url */
async function answer(request, url) {
  const own = await caches.open(NAME);
  const kept = (await own.match(url)) ?? (url === PAGE ? undefined : await caches.match(url));
  if (kept) return kept;
  const fresh = await fetch(request);
  // A file that is loaded on demand is kept from its first use on.
  if (fresh.status === 200 && url.startsWith(`${scope.href}${BUILD}/`)) await own.put(url, fresh.clone());
  return fresh;
}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keep()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(forgetOld()));
worker.addEventListener(
  "message",
  (/** @type {MessageEvent} */ { data }) => data === "take over" && worker.skipWaiting(),
);
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const url = keptAddress(event.request);
  if (url) event.respondWith(answer(event.request, url));
});
