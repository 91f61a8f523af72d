/** State of saving: the storage, notices about saved runs, and undo. */

/** @import { StorageState } from "../storage/index.js" */
/** @import { Undo } from "./snapshots.js" */
/**
 * A notice about a saved run.
 * @typedef {object} Notice
 * @property {string} id                  of the run
 * @property {"restored" | "damaged" | "interrupted" | "taken" | "partial" | "warning" | "final"} kind
 * @property {string} text
 */
/** A saved run that cannot be restored. `remains`: its readable parts, for download. `whole`: intact, but refused by Python. @typedef {{id: string, name: string, why: string, remains: {name: string, bytes: Uint8Array}[], whole: boolean}} Damaged */
/**
 * @typedef {object} SavingState
 * @property {StorageState | null} storage  null before it is open
 * @property {number} writing               saves in progress
 * @property {Record<string, {since: number, why: string}>} unsaved  runs that could not be passed to the storage
 * @property {string[]} elsewhere           ids of the runs that another tab trains and saves
 * @property {Notice[]} notices             about restored, damaged and taken-over runs
 * @property {Damaged[]} damaged            saved runs that cannot be restored
 * @property {Undo[]} undos  undoable actions, newest first
 * @property {boolean} undoHidden           whether that has been dismissed
 * @property {number} undoSince             when its message came, ms since 1970
 * @property {boolean} undoOver             whether the message has had its time; Undo is in the bar then
 */

/** @returns {SavingState} */
export const initialSaving = () => ({
  storage: null,
  writing: 0,
  unsaved: {},
  elsewhere: [],
  notices: [],
  damaged: [],
  undos: [],
  undoHidden: false,
  undoSince: 0,
  undoOver: false,
});
