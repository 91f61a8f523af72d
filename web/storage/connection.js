/**
 * A connection to IndexedDB that always answers.
 *
 * IndexedDB may throw, fail a request, abort after every request has succeeded, lose its connection, or simply never
 * answer. Here each transaction is a promise that settles exactly once: it resolves when the transaction is complete (not
 * when a request succeeds: over quota, `put` succeeds and then the transaction aborts), and it rejects otherwise, at the
 * latest when its watchdog runs out. After a failure that another connection may cure, it is tried once more on a new one.
 *
 * Why not the package `idb`: it turns requests into promises, and that is a few lines; deadlines, reopening, and reading
 * on past an unreadable value would have to be built around it all the same.
 */

/** @typedef {(db: IDBDatabase, oldVersion: number) => void} Upgrade */
/** @typedef {(transaction: IDBTransaction) => Promise<any> | any} Work */
/** @typedef {{run: (stores: string[], mode: IDBTransactionMode, work: Work) => Promise<any>, close: () => void}} Connection */

// A new connection does not help here.
const FINAL = new Set(["QuotaExceededError", "VersionError", "DataCloneError", "SecurityError", "StaleError"]);

/**
 * @param {object} options
 * @param {IDBFactory} options.factory
 * @param {string} options.name
 * @param {number} options.version
 * @param {Upgrade} options.upgrade
 * @param {() => void} options.onupgrade  a newer version of the page, in another tab, needs the database for itself
 * @param {number} options.deadline  of each opening and each transaction, milliseconds
 * @returns {Connection}
 */
export function connect(options) {
  /** @type {Promise<IDBDatabase> | null} */
  let current = null;

  function database() {
    if (current) return current;
    const opening = open(options, forget);
    current = opening;
    opening.catch(forget);
    return opening;

    function forget() {
      if (current === opening) current = null;
    }
  }

  function close() {
    current?.then(
      (db) => db.close(),
      () => {}, // it never opened; the caller was notified
    );
    current = null;
  }

  /**
   * @param {string[]} stores
   * @param {IDBTransactionMode} mode
   * @param {Work} work
   */
  const attempt = async (stores, mode, work) => transact(await database(), { stores, mode, work }, options.deadline);

  return {
    close,
    async run(stores, mode, work) {
      try {
        return await attempt(stores, mode, work);
      } catch (/** @type {any} */ error) {
        if (FINAL.has(error?.name)) throw error;
        close();
        return attempt(stores, mode, work);
      }
    },
  };
}

/**
 * The result of a request, inside a transaction. A failing request aborts the transaction, unless there is an answer to give
 * instead.
 * @param {IDBRequest} request
 * @param {{otherwise: unknown}} [unreadable]
 * @returns {Promise<any>}
 */
export function result(request, unreadable) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      if (!unreadable) return reject(request.error);
      event.preventDefault();
      resolve(unreadable.otherwise);
    };
  });
}

/** @param {string} what */
const timeout = (what) => new DOMException(`${what} did not answer`, "TimeoutError");

/**
 * @param {Parameters<typeof connect>[0]} options
 * @param {() => void} onend  the connection cannot be used any more
 * @returns {Promise<IDBDatabase>}
 */
function open({ factory, name, version, upgrade, onupgrade, deadline }, onend) {
  return new Promise((resolve, reject) => {
    let late = false;
    const request = factory.open(name, version);
    /** @param {unknown} error */
    const fail = (error) => {
      late = true;
      clearTimeout(watchdog);
      reject(error);
    };
    const watchdog = setTimeout(() => fail(timeout("Opening the database")), deadline);
    request.onupgradeneeded = ({ oldVersion }) =>
      late ? request.transaction?.abort() : upgrade(request.result, oldVersion);
    request.onerror = () => fail(request.error);
    request.onsuccess = () => {
      const db = request.result;
      if (late) return db.close();
      clearTimeout(watchdog);
      db.onclose = onend;
      db.onversionchange = () => {
        db.close();
        onend();
        onupgrade();
      };
      resolve(db);
    };
  });
}

/**
 * @param {IDBDatabase} db
 * @param {{stores: string[], mode: IDBTransactionMode, work: Work}} task
 * @param {number} deadline
 */
function transact(db, { stores, mode, work }, deadline) {
  return new Promise((resolve, reject) => {
    // "strict": the default answers before anything has reached the disk.
    const transaction = db.transaction(stores, mode, { durability: "strict" });
    /** @param {unknown} error */
    const fail = (error) => {
      clearTimeout(watchdog);
      reject(error);
      abort(transaction);
    };
    const watchdog = setTimeout(() => fail(timeout("A transaction")), deadline);
    const answer = (async () => work(transaction))();
    answer.catch(fail);
    transaction.onabort = () =>
      fail(transaction.error ?? new DOMException("The browser gave up a transaction", "AbortError"));
    transaction.oncomplete = () => {
      clearTimeout(watchdog);
      resolve(answer);
    };
  });
}

/** @param {IDBTransaction} transaction */
function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has ended already. Its promise has its answer in any case.
  }
}
