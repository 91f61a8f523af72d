/** State of the Code panel. */

/** @import { Editor } from "./editor.js" */
/**
 * @typedef {object} CodeState
 * @property {typeof Editor | null} editor  null: not loaded yet
 * @property {{file: string, ours: string}[]} files
 * @property {string} file  the chosen one
 * @property {{file: string, line: number} | null} place  a line to go to
 */

/** @returns {CodeState} */
export const initialCode = () => ({ editor: null, files: [], file: "model.py", place: null });

/** Return the chosen file, if it is known. @param {CodeState} code */
export const chosenFile = ({ files, file }) => files.find((each) => each.file === file);
