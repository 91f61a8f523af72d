/** Display of names from links. */

import { nameRefusal } from "../files/run_name.js";

/** Return the name, or "" if no run may have it. @param {string} name */
export const shownName = (name) => (nameRefusal(name) === "" ? name : "");
