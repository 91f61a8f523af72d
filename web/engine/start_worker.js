/**
 * Start of the page's modules as workers, from a one-line blob.
 *
 * Only then does the Content-Security-Policy of the page apply to them too.
 */

/** Trusted Types, where the browser has them: the only script URLs made by this page are the blobs below. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("backprop-blob-worker", {
  createScriptURL(/** @type {string} */ url) {
    if (!url.startsWith("blob:")) throw new TypeError("Only a blob can be started as a worker");
    return url;
  },
});

/**
 * @param {URL} module  of this site
 * @param {string} name
 */
export function startWorker(module, name) {
  const source = `import ${JSON.stringify(module.href)};`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(/** @type {string} */ (policy ? policy.createScriptURL(url) : url), {
    type: "module",
    name,
  });
  // After its first message the blob has been read.
  for (const sign of ["message", "error"])
    worker.addEventListener(sign, () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
