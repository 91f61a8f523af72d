/**
 * Watch over the start of the page: names a missing file of the page, and offers to reload.
 *
 * A classic script without imports, under a fixed name outside the folder of the build: an index.html of an older build,
 * whose folder is gone, finds it too. It relies on `data-build`, `data-drawn` and the addresses in index.html, and on
 * nothing else.
 */
(() => {
  const CURE = "Reload; if that does not help, try again in some minutes.";
  const UPDATED = "The page has been updated. Reload to get the new version.";
  /** After this long without a byte the missing files are requested once more, to see whether bytes arrive. Milliseconds. */
  const PROBE_AFTER = 6_000;
  /** After this long without a byte the sentence is shown. Milliseconds. */
  const SAY_AFTER = 13_000;
  const page = document.documentElement;
  const address = location.href.split("#")[0];
  /** A file's address → "ok", "pending", or why it cannot be used. @type {Map<string, string>} */
  const findings = new Map();
  /** Addresses of the files that have arrived or failed: the browser's own list ends at 250. @type {Set<string>} */
  const settled = new Set();
  /** @type {HTMLElement | null} */
  let box = null;
  let lastByte = performance.now();
  let isInquiring = false;
  let isAsked = false;
  let isUpdated = false;
  /** The first file that the browser could not load. */
  let lost = "";
  let scriptError = "";
  /** Addresses of stylesheets that did not arrive. @type {Set<string>} */
  const lostStyles = new Set();

  /** Whether main.js has drawn the page. */
  const isRunning = () => page.dataset.drawn !== undefined;
  const arrived = () => {
    lastByte = performance.now();
  };
  const nameOf = (/** @type {string} */ url) => url.slice(url.lastIndexOf("/") + 1);

  /** The page's modules and stylesheets. */
  const elements = () => [
    ...document.querySelectorAll("script[type=module], link[rel=modulepreload], link[rel=stylesheet]"),
  ];
  const addressOf = (/** @type {any} */ element) => element.href || element.src;

  /** Look up whether the server has another build by now. */
  async function askForBuild() {
    const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    const [, build] = /data-build="([^"]*)"/.exec(await answer.text()) ?? [];
    isUpdated = answer.ok && build !== undefined && build !== page.dataset.build;
  }

  /** Request a file once more, and write down what is wrong with it. @param {any} element */
  async function probe(element) {
    const url = addressOf(element);
    findings.set(url, "pending");
    findings.set(url, await faultOf(url, element.integrity));
  }

  /** @param {string} url @param {string} integrity */
  async function faultOf(url, integrity) {
    const isAwaited = !settled.has(url);
    try {
      const answer = await fetch(url);
      if (!answer.ok) return `the server answered ${answer.status}`;
      if (answer.headers.get("Content-Type")?.startsWith("text/html")) return "a web page arrived instead";
      if (!answer.body) return "it arrived empty";
      const reader = answer.body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) isAwaited && arrived();
    } catch {
      return "the connection failed";
    }
    return fetch(url, { integrity }).then(
      () => "ok",
      () => "it is damaged",
    );
  }

  /** Find the cause; show nothing until the build on the server is known. */
  async function inquire() {
    if (isInquiring) return;
    isInquiring = true;
    const probes = elements().map(probe);
    await askForBuild().catch(() => {}); // without an answer it counts as the same build
    isAsked = true;
    look();
    for (const done of probes) done.then(look);
  }

  /** Show the current findings. */
  function look() {
    if (isRunning()) return lookAtStyles();
    if (!isAsked) return;
    const sentence = isUpdated ? UPDATED : faultSentence() || pendingSentence() || lastSentence();
    if (sentence) say(sentence);
  }

  function faultSentence() {
    const faults = [...findings].filter(([, finding]) => finding !== "ok" && finding !== "pending");
    const [url, fault] = faults.find(([url]) => !url.endsWith(".css")) ?? [];
    return url && `The page could not be started: ${nameOf(url)} could not be loaded (${fault}). ${CURE}`;
  }

  function pendingSentence() {
    const pending = [...findings].filter(([, finding]) => finding === "pending").map(([url]) => url);
    if (!pending.length || performance.now() - lastByte < SAY_AFTER) return "";
    dropStyles(pending);
    return `${nameOf(pending[0])} has not arrived for ${SAY_AFTER / 1000} seconds. Wait for it, or reload.`;
  }

  /** All files have come, and main.js still has not run. */
  function lastSentence() {
    const isOver = document.readyState === "complete" && ![...findings.values()].includes("pending");
    const reason = lost ? `${nameOf(lost)} could not be loaded.` : scriptError || "main.js did not run.";
    return isOver && `The page could not be started: ${reason} ${CURE}`;
  }

  /** Nothing is painted, and no module runs, before a stylesheet that was requested has arrived. @param {string[]} urls */
  function dropStyles(urls) {
    for (const link of document.querySelectorAll("link[rel=stylesheet]"))
      if (urls.includes(addressOf(link))) {
        lostStyles.add(addressOf(link));
        link.remove();
      }
  }

  /** The page works without a stylesheet, but looks wrong. */
  function lookAtStyles() {
    for (const link of document.querySelectorAll("link[rel=stylesheet]"))
      if (isMissing(/** @type {HTMLLinkElement} */ (link))) lostStyles.add(addressOf(link));
    const names = [...lostStyles].map(nameOf).join(", ");
    if (names) say(`${names} could not be loaded, so the page looks wrong. ${CURE}`);
  }
  /** @param {HTMLLinkElement} link */
  function isMissing({ sheet }) {
    try {
      return !sheet?.cssRules.length;
    } catch {
      return true; // after a network error nobody may read its rules
    }
  }

  /** @param {string} sentence */
  function say(sentence) {
    if (!box) {
      box = document.createElement("div");
      box.setAttribute("role", "alert");
      box.className = "start-fault";
      const button = document.createElement("button");
      button.textContent = "Reload";
      button.addEventListener("click", reload);
      box.append(document.createElement("p"), button);
      document.body.prepend(box);
    }
    const text = /** @type {HTMLElement} */ (box.firstChild);
    if (text.textContent !== sentence) text.textContent = sentence;
    if (isRunning()) return;
    document.querySelector("#status")?.replaceChildren();
    page.dataset.boot = "failed";
  }

  /** Reload past the browser's cache: index.html, and the files that could not be used. */
  async function reload() {
    const bad = [...lostStyles, ...[...findings].filter(([, finding]) => finding !== "ok").map(([url]) => url)];
    const options = /** @type {RequestInit} */ ({ cache: "reload", signal: AbortSignal.timeout(5_000) });
    await Promise.allSettled([address, ...bad].map((url) => fetch(url, options).then((answer) => answer.text())));
    location.reload();
  }

  function tick() {
    if (isRunning()) return;
    if (performance.now() - lastByte > PROBE_AFTER) inquire();
    look();
  }

  /** The page runs after all: remove the message. */
  function onDrawn() {
    clearInterval(timer);
    drawn.disconnect();
    box?.remove();
    box = null;
    if (document.readyState === "complete" || lostStyles.size) lookAtStyles();
  }

  /** All files are here or have failed. */
  async function onLoad() {
    if (isRunning()) return lookAtStyles();
    const main = document.querySelector("script[type=module]");
    await import(addressOf(main)).catch((error) => {
      scriptError ||= `${error.message}.`;
    });
    await inquire();
    look();
  }

  const timer = setInterval(tick, 500);
  const drawn = new MutationObserver(onDrawn);
  if (!isRunning()) drawn.observe(page, { attributeFilter: ["data-drawn"] });
  new PerformanceObserver((list) => {
    const files = /** @type {PerformanceResourceTiming[]} */ (list.getEntries());
    for (const { name } of files) settled.add(name);
    if (files.some(({ initiatorType }) => initiatorType !== "fetch")) arrived();
  }).observe({ type: "resource", buffered: true });
  addEventListener(
    "error",
    ({ target, message, filename }) => {
      if (target instanceof Element) lost ||= addressOf(target) ?? "";
      else scriptError ||= `${nameOf(filename)}: ${message}.`;
      if (!isRunning()) inquire();
    },
    true,
  );
  if (document.readyState === "complete") onLoad();
  else addEventListener("load", onLoad);
})();
