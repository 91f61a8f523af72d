/** Broken on purpose, as many a library was: listens for `complete` and `error`, and an abort leaves the promise unsettled. */

export function connect({ factory, name, version, upgrade }) {
  const open = () =>
    new Promise((resolve, reject) => {
      const request = factory.open(name, version);
      request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, oldVersion);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const run = async (stores, mode, work) => {
    const db = await open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(stores, mode, { durability: "strict" });
      const answer = work(transaction);
      transaction.oncomplete = () => resolve(answer);
      transaction.onerror = ({ target }) => reject(target.error);
    });
  };
  return { run, close() {} };
}
