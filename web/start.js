/**
 * Watch over the start of the page: names a missing file of the page, and offers to reload.
 *
 * A classic script without imports, under a fixed name outside the folder of the build: an index.html of an older build,
 * whose folder is gone, finds it too. It relies on `data-build`, `data-drawn` and the addresses in index.html, and on
 * nothing else. The block keeps its names to itself.
 */
{
  const CURE = "Reload; if that does not help, try again in some minutes.";
  const UPDATED = "The page has been updated. Reload to get the new version.";
  /** After this long without a byte the missing files are requested once more, to see whether bytes arrive. Milliseconds. */
  const PROBE_AFTER = 6_000;
  /** After this long without a byte the sentence is shown. Milliseconds. */
  const SAY_AFTER = 13_000;
  const STYLES = "link[rel=stylesheet]";
  const FILES = `script[type=module], link[rel=modulepreload], ${STYLES}`;
  const page = document.documentElement;
  const address = location.href.split("#")[0];

  /** Whether main.js has drawn the page. */
  const isRunning = () => page.dataset.drawn !== undefined;
  const nameOf = (/** @type {string} */ url) => url.slice(url.lastIndexOf("/") + 1);
  const addressOf = (/** @type {any} */ element) => element.href || element.src;

  /** Whether the server has another build by now. */
  const hasNewBuild = async () => {
    const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    const [, build] = /data-build="([^"]*)"/.exec(await answer.text()) ?? [];
    return answer.ok && build !== undefined && build !== page.dataset.build;
  };

  /** Whether a stylesheet has no rules. @param {HTMLLinkElement} link */
  const isMissing = ({ sheet }) => {
    try {
      return !sheet?.cssRules.length;
    } catch {
      return true; // after a network error nobody may read its rules
    }
  };

  /** Files of the page, and what is known of their arrival. */
  class Files {
    /** Addresses of stylesheets that did not arrive. @type {Set<string>} */
    lostStyles = new Set();
    /** A file's address → "ok", "pending", or why it cannot be used. @type {Map<string, string>} */
    findings = new Map();
    /** Addresses of the files that have arrived or failed: the browser's own list ends at 250. @type {Set<string>} */
    #settled = new Set();
    #lastByte = performance.now();

    constructor() {
      new PerformanceObserver((list) => {
        const files = /** @type {PerformanceResourceTiming[]} */ (list.getEntries());
        for (const { name } of files) this.#settled.add(name);
        if (files.some(({ initiatorType }) => initiatorType !== "fetch")) this.#lastByte = performance.now();
      }).observe({ type: "resource", buffered: true });
    }

    /** Milliseconds without a byte. */
    silence() {
      return performance.now() - this.#lastByte;
    }

    /** Request a file once more, and write down what is wrong with it. @param {any} element */
    async probe(element) {
      const url = addressOf(element);
      this.findings.set(url, "pending");
      this.findings.set(url, await this.#faultOf(url, element.integrity));
    }

    /** @returns {string[]} */
    pending() {
      return [...this.findings].filter(([, finding]) => finding === "pending").map(([url]) => url);
    }

    /** Nothing is painted, and no module runs, before a stylesheet that was requested has arrived. @param {string[]} urls */
    dropStyles(urls) {
      for (const link of document.querySelectorAll(STYLES))
        if (urls.includes(addressOf(link))) {
          this.lostStyles.add(addressOf(link));
          link.remove();
        }
    }

    /** Look for stylesheets without rules. */
    checkStyles() {
      for (const link of document.querySelectorAll(STYLES))
        if (isMissing(/** @type {HTMLLinkElement} */ (link))) this.lostStyles.add(addressOf(link));
    }

    /** @param {string} url @param {string} integrity */
    async #faultOf(url, integrity) {
      const isAwaited = !this.#settled.has(url);
      try {
        const answer = await fetch(url);
        if (!answer.ok) return `the server answered ${answer.status}`;
        if (answer.headers.get("Content-Type")?.startsWith("text/html")) return "a web page arrived instead";
        if (!answer.body) return "it arrived empty";
        const reader = answer.body.getReader();
        while (!(await reader.read()).done) if (isAwaited) this.#lastByte = performance.now();
      } catch {
        return "the connection failed";
      }
      return fetch(url, { integrity }).then(
        () => "ok",
        () => "it is damaged",
      );
    }
  }

  /** Finds the cause when the page does not start, and says it. */
  class StartWatch {
    #files = new Files();
    /** @type {HTMLElement | null} */
    #box = null;
    #isInquiring = false;
    #isAsked = false;
    #isUpdated = false;
    /** The first file that the browser could not load. */
    #lost = "";
    #scriptError = "";
    /** @type {ReturnType<typeof setInterval> | undefined} */
    #timer;

    begin() {
      this.#timer = setInterval(() => this.#tick(), 500);
      const drawn = new MutationObserver(() => {
        drawn.disconnect();
        this.#onDrawn();
      });
      if (!isRunning()) drawn.observe(page, { attributeFilter: ["data-drawn"] });
      addEventListener("error", (event) => this.#onError(event), true);
      if (document.readyState === "complete") this.#onLoad();
      else addEventListener("load", () => this.#onLoad());
    }

    #tick() {
      if (isRunning()) return;
      if (this.#files.silence() > PROBE_AFTER) this.#inquire();
      this.#look();
    }

    /** @param {ErrorEvent} event */
    #onError({ target, message, filename }) {
      if (target instanceof Element) this.#lost ||= addressOf(target) ?? "";
      else this.#scriptError ||= `${nameOf(filename)}: ${message}.`;
      if (!isRunning()) this.#inquire();
    }

    /** The page runs after all: remove the message. */
    #onDrawn() {
      clearInterval(this.#timer);
      this.#box?.remove();
      this.#box = null;
      if (document.readyState === "complete" || this.#files.lostStyles.size) this.#lookAtStyles();
    }

    /** All files are here or have failed. */
    async #onLoad() {
      if (isRunning()) return this.#lookAtStyles();
      const main = document.querySelector("script[src$='main.js']");
      await import(addressOf(main)).catch((error) => {
        this.#scriptError ||= `${error.message}.`;
      });
      await this.#inquire();
      this.#look();
    }

    /** Find the cause; show nothing until the build on the server is known. */
    async #inquire() {
      if (this.#isInquiring) return;
      this.#isInquiring = true;
      const probes = [...document.querySelectorAll(FILES)].map((element) => this.#files.probe(element));
      this.#isUpdated = await hasNewBuild().catch(() => false); // without an answer it counts as the same build
      this.#isAsked = true;
      this.#look();
      for (const done of probes) done.then(() => this.#look());
    }

    /** Show the current findings. */
    #look() {
      if (isRunning()) return this.#lookAtStyles();
      if (!this.#isAsked) return;
      const found = () => this.#faultSentence() || this.#pendingSentence() || this.#lastSentence();
      const sentence = this.#isUpdated ? UPDATED : found();
      if (sentence) this.#say(sentence);
    }

    #faultSentence() {
      const faults = [...this.#files.findings].filter(([, finding]) => finding !== "ok" && finding !== "pending");
      const [url, fault] = faults.find(([file]) => !file.endsWith(".css")) ?? [];
      return url && `The page could not be started: ${nameOf(url)} could not be loaded (${fault}). ${CURE}`;
    }

    #pendingSentence() {
      const pending = this.#files.pending();
      if (!pending.length || this.#files.silence() < SAY_AFTER) return "";
      this.#files.dropStyles(pending);
      return `${nameOf(pending[0])} has not arrived for ${SAY_AFTER / 1000} seconds. Wait for it, or reload.`;
    }

    /** All files have come, and main.js still has not run. */
    #lastSentence() {
      const isOver = document.readyState === "complete" && !this.#files.pending().length;
      const lost = this.#lost && `${nameOf(this.#lost)} could not be loaded.`;
      return isOver && `The page could not be started: ${lost || this.#scriptError || "main.js did not run."} ${CURE}`;
    }

    /** The page works without a stylesheet, but looks wrong. */
    #lookAtStyles() {
      this.#files.checkStyles();
      const names = [...this.#files.lostStyles].map(nameOf).join(", ");
      if (names) this.#say(`${names} could not be loaded, so the page looks wrong. ${CURE}`);
    }

    /** @param {string} sentence */
    #say(sentence) {
      this.#box ??= this.#makeBox();
      const text = /** @type {HTMLElement} */ (this.#box.firstChild);
      if (text.textContent !== sentence) text.textContent = sentence;
      if (isRunning()) return;
      document.querySelector("#status")?.replaceChildren();
      page.dataset.boot = "failed";
    }

    #makeBox() {
      const box = Object.assign(document.createElement("div"), { className: "start-fault" });
      box.setAttribute("role", "alert");
      const button = Object.assign(document.createElement("button"), { textContent: "Reload" });
      button.addEventListener("click", () => this.#reload());
      box.append(document.createElement("p"), button);
      document.body.prepend(box);
      return box;
    }

    /** Reload past the browser's cache: index.html, and the files that could not be used. */
    async #reload() {
      const options = /** @type {RequestInit} */ ({ cache: "reload", signal: AbortSignal.timeout(5_000) });
      const { findings, lostStyles } = this.#files;
      const bad = [...findings].filter(([, finding]) => finding !== "ok").map(([url]) => url);
      const urls = [address, ...lostStyles, ...bad];
      await Promise.allSettled(urls.map((url) => fetch(url, options).then((answer) => answer.text())));
      const kept = await navigator.serviceWorker?.getRegistration(address);
      await kept?.unregister(); // a kept copy of the page may lack what could not be loaded
      location.reload();
    }
  }

  new StartWatch().begin();
}
