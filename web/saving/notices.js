/** Notices about saved runs. */

/** @import { Store } from "../page/store.js" */
/** @import { Notice } from "./state.js" */

/**
 * Show a notice about saved runs; it replaces an earlier one of the same run and kind.
 * @param {Store} store @param {Notice} notice
 */
export function notify(store, notice) {
  store.set({ saving: { notices: [...withoutNotice(store, notice), notice] } });
}

/** Remove a notice. @param {Store} store @param {Pick<Notice, "id" | "kind">} notice */
export function dismiss(store, notice) {
  store.set({ saving: { notices: withoutNotice(store, notice) } });
}

/** @param {Store} store @param {Pick<Notice, "id" | "kind">} notice */
const withoutNotice = (store, { id, kind }) =>
  store.get().saving.notices.filter((other) => other.id !== id || other.kind !== kind);
