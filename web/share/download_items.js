/** Items of the Download menu of a run. */

/** @import { Actions } from "../page/actions.js" */
/** @import { Entry } from "../ui/menu_view.js" */
/** @import { FileKind } from "./download.js" */

/** @type {[FileKind, string, string][]} */
const FILES = [
  ["run", "Run file", ".safetensors, to continue it"],
  ["pytorch", "PyTorch script", ".py, model and weights"],
  ["csv", "Loss history", ".csv, every step"],
];

/**
 * Items of the Download menu of a run.
 * @param {{id: string}} run
 * @param {Pick<Actions["share"], "download">} actions
 * @returns {Entry[]}
 */
export const downloadItems = ({ id }, { download }) =>
  FILES.map(([kind, label, hint]) => ({ label, hint, act: () => download(id, kind) }));
