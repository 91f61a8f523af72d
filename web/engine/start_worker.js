/**
 * Start of the page's modules as workers, from a one-line blob.
 *
 * Only then does the Content-Security-Policy of the page apply to them too.
 */

/** The site's service worker, at a fixed place above the folder of the build. */
const SERVICE_WORKER = new URL("../../sw.js", import.meta.url).href;

/** Trusted Types, where the browser has them: the only script URLs are the blobs below and the service worker. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("backprop-blob-worker", {
  createScriptURL(/** @type {string} */ url) {
    if (!url.startsWith("blob:") && url !== SERVICE_WORKER)
      throw new TypeError("Only a blob can be started as a worker");
    return url;
  },
});

/** An address that may be started, for browsers with Trusted Types. @param {string} url @returns {string} */
export const scriptAddress = (url) => (policy ? policy.createScriptURL(url) : url);

/**
 * @param {URL} module  of this site
 * @param {string} name
 */
export function startWorker(module, name) {
  const source = `import ${JSON.stringify(module.href)};`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(scriptAddress(url), {
    type: "module",
    name,
  });
  // After its first message the blob has been read.
  for (const sign of ["message", "error"])
    worker.addEventListener(sign, () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
