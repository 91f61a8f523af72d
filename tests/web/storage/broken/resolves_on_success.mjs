/** Broken on purpose: believes a save as soon as its requests have succeeded, before the transaction is complete. */

import { connect as connectProperly } from "../../../../web/storage/connection.js";

export function connect(options) {
  const connection = connectProperly(options);
  const run = (stores, mode, work) =>
    new Promise((resolve, reject) => {
      const early = async (transaction) => {
        const answer = await work(transaction);
        resolve(answer);
        return answer;
      };
      connection.run(stores, mode, early).catch(reject);
    });
  return { ...connection, run };
}
