/**
 * fake-indexeddb with faults: at the n-th thing asked of it, something goes wrong in one of six ways.
 *
 *   throws      the call throws
 *   fails       the request fails with an error
 *   full        every request succeeds, and then the transaction aborts: over quota
 *   hangs       there is no answer, ever; a transaction at its end hangs after it is complete
 *   closes      the browser closes the connection, and what was under way ends without a reason
 *   disk full   the request fails with DataError, and nothing on this connection is answered any more
 */

import FDBDatabase from "fake-indexeddb/lib/FDBDatabase";
import FDBFactory from "fake-indexeddb/lib/FDBFactory";
import FDBKeyRange from "fake-indexeddb/lib/FDBKeyRange";
import FDBObjectStore from "fake-indexeddb/lib/FDBObjectStore";
import FDBOpenDBRequest from "fake-indexeddb/lib/FDBOpenDBRequest";
import FDBRequest from "fake-indexeddb/lib/FDBRequest";
import FDBTransaction from "fake-indexeddb/lib/FDBTransaction";

export const KINDS = ["throws", "fails", "full", "hangs", "closes", "disk full"];

globalThis.IDBKeyRange = FDBKeyRange;
globalThis.navigator ??= {}; // Node.js 20 has none; here it knows no locks and no files

/** The fault in force. `left`: how many more things go well before it; `sticky`: whether it stays. */
let fault = { kind: "", left: Number.POSITIVE_INFINITY, sticky: false };
let asked = 0;

/** @param {string} kind @param {number} at  from 0 @param {boolean} sticky */
export function arm(kind, at, sticky) {
  fault = { kind, left: at, sticky };
}

/** @returns {boolean} whether the fault was reached */
export function disarm() {
  const reached = fault.left < 0;
  fault = { kind: "", left: Number.POSITIVE_INFINITY, sticky: false };
  return reached;
}

/** How many things have been asked since the last call of this. */
export function countAsked() {
  const count = asked;
  asked = 0;
  return count;
}

/** Something is asked of the database now. @returns {string} the kind of fault that hits it, or "" */
function hit() {
  asked++;
  fault.left--;
  return fault.left === -1 || (fault.left < -1 && fault.sticky) ? fault.kind : "";
}

/** A fresh and empty browser. */
export function freshDisk() {
  globalThis.indexedDB = new FDBFactory();
  const methods = {
    getItem: (key) => globalThis.localStorage[key] ?? null,
    setItem(key, text) {
      globalThis.localStorage[key] = text;
    },
    removeItem: (key) => delete globalThis.localStorage[key],
  };
  globalThis.localStorage = Object.create(methods);
}

/** What tells that a page was open and never left: the next start would heal the database. */
export function forgetTheCrash() {
  for (const { rawObjectStores } of globalThis.indexedDB._databases.values())
    rawObjectStores.get("sessions")?.clear([]);
}

/** The browser is killed: what is not committed never was, and what still runs of the old page reaches nothing any more. */
export function kill() {
  const old = globalThis.indexedDB;
  globalThis.indexedDB = new FDBFactory();
  globalThis.indexedDB._databases = old._databases;
  old._databases = new Map();
  for (const database of globalThis.indexedDB._databases.values()) {
    for (const transaction of database.transactions.filter((it) => it._state !== "finished")) {
      for (const undo of transaction._rollbackLog.reverse()) undo();
      transaction._state = "finished";
      transaction._requests = [];
    }
    database.transactions = [];
    for (const connection of database.connections) connection._closePending = connection._closed = true;
    database.connections = [];
  }
}

const problem = (name) => new DOMException(`a planted ${name}`, name);

/** A transaction that answers nothing from now on. */
function silence(transaction) {
  transaction._silent = true;
  if (transaction._started) return;
  transaction._started = true; // and stands in the way of others, until it is aborted
  transaction.addEventListener("abort", transaction.db._rawDatabase.processTransactions);
}

/** The connection is lost: its transactions end without a reason, and it says so. */
function lose(connection) {
  const running = connection._rawDatabase.transactions.filter((it) => it.db === connection && it._state !== "finished");
  for (const transaction of running) transaction._abort("AbortError");
  connection._closePending = connection._closed = true;
  connection.onclose?.(new Event("close"));
}

const REQUEST_FAULTS = {
  throws() {
    throw problem("UnknownError");
  },
  fails: (store) => store.transaction._execRequestAsync({ operation: () => raise("UnknownError"), source: store }),
  hangs(store) {
    silence(store.transaction);
    return new FDBRequest();
  },
  closes(store) {
    lose(store.transaction.db);
    return new FDBRequest();
  },
  "disk full"(store) {
    store.transaction.db._dead = true;
    return store.transaction._execRequestAsync({ operation: () => raise("DataError"), source: store });
  },
};

function raise(name) {
  throw problem(name);
}

for (const method of ["get", "getAll", "getAllKeys", "put", "delete", "clear"]) {
  const original = FDBObjectStore.prototype[method];
  FDBObjectStore.prototype[method] = function (...parameters) {
    const kind = hit();
    if (kind === "full") this.transaction._full = true;
    return REQUEST_FAULTS[kind] ? REQUEST_FAULTS[kind](this) : original.apply(this, parameters);
  };
}

const beginTransaction = FDBDatabase.prototype.transaction;
FDBDatabase.prototype.transaction = function (stores, mode, options) {
  if (mode === "versionchange") return beginTransaction.call(this, stores, mode, options);
  const kind = hit();
  if (kind === "throws" || kind === "fails") throw problem("InvalidStateError");
  if (kind === "closes") lose(this); // and then it throws by itself
  const transaction = beginTransaction.call(this, stores, mode, options);
  if (kind === "full") transaction._full = true;
  if (kind === "disk full") this._dead = true;
  if (kind === "hangs" || this._dead) silence(transaction);
  return transaction;
};

// The original asks again and again whether all transactions have ended: with a hanging one, for ever.
FDBDatabase.prototype.close = function () {
  this._closePending = this._closed = true;
  this._rawDatabase.connections = this._rawDatabase.connections.filter((connection) => connection !== this);
};

const ENDINGS = {
  throws: (transaction) => transaction._abort("UnknownError"),
  fails: (transaction) => transaction._abort("UnknownError"),
  full: (transaction) => transaction._abort("QuotaExceededError"),
  closes: (transaction) => lose(transaction.db),
  "disk full"(transaction) {
    transaction.db._dead = true;
    transaction._abort("DataError");
  },
  // It is complete, but the answer never comes.
  hangs(transaction) {
    for (const type of ["complete", "abort"]) transaction[`on${type}`] = null;
  },
};

const run = FDBTransaction.prototype._start;
FDBTransaction.prototype._start = function () {
  if (this._silent) return;
  const ends = this._requests.every(({ request }) => request.readyState === "done") && this._state !== "finished";
  if (ends && this.mode !== "versionchange") {
    const kind = this._full ? "full" : hit();
    if (kind) ENDINGS[kind](this);
  }
  run.call(this);
};

const open = FDBFactory.prototype.open;
FDBFactory.prototype.open = function (...parameters) {
  const kind = hit();
  if (kind === "") return open.apply(this, parameters);
  if (kind === "throws") throw problem("UnknownError");
  const request = new FDBOpenDBRequest();
  if (kind === "hangs") return request;
  const name = { full: "QuotaExceededError", "disk full": "DataError" }[kind] ?? "UnknownError";
  setImmediate(() => {
    request.readyState = "done";
    request.error = problem(name);
    request.onerror?.(new Event("error"));
  });
  return request;
};
