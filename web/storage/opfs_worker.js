/** The worker of opfs_copy.js: one operation after the other on a pool of files. */

import { openPool } from "./opfs_pool.js";

const pool = openPool(self.name);
let queue = Promise.resolve();

self.addEventListener("message", ({ data }) => {
  queue = queue.then(() => answer(data));
});

/** @param {{id: number, operation: "list" | "write" | "remove", parameters: any}} request */
async function answer({ id, operation, parameters }) {
  try {
    const result = await (await pool)[operation](parameters);
    self.postMessage({ id, result });
  } catch (/** @type {any} */ error) {
    self.postMessage({ id, error: { name: error?.name ?? "Error", message: error?.message ?? String(error) } });
  }
}
