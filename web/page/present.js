/** Present mode as a feature: larger numbers, turned on by the address or Shift P, off by Esc. */

import { fieldsOf } from "../config/link_fields.js";

/** @import { State, Store } from "./store.js" */
/** @typedef {{on: boolean}} PresentState */

const FIELD = "present";
const isField = (/** @type {string} */ field) => field === FIELD || field.startsWith(`${FIELD}=`);

/** @param {Store} store */
export function createPresent(store) {
  /** @param {boolean} on */
  function turn(on) {
    const others = fieldsOf(location.hash).filter((field) => !isField(field));
    const fragment = [...others, ...(on ? [FIELD] : [])].join("&");
    history.replaceState(history.state, "", fragment ? `#${fragment}` : location.pathname + location.search);
    store.set({ present: { on } });
  }

  return {
    name: /** @type {const} */ ("present"),
    /** @type {PresentState} */
    initial: { on: isNamed() },
    actions: {
      toggle: () => turn(!store.get().present.on),
      leave: () => turn(false),
      /** Follow the address, which turns it on only. */
      followLink: () => isNamed() && store.set({ present: { on: true } }),
    },
  };
}

/** Whether the address asks for it. */
const isNamed = () => fieldsOf(globalThis.location?.hash ?? "").some(isField);

/** Whether Esc closes nothing else than present mode. @param {State} state */
export const escapes = ({ present, page, explain, phases }) =>
  present.on && !page.dialog && !page.alert && !explain.why && !phases.phasing;
