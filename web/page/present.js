/** Present mode as a feature: larger numbers on all of the screen; Esc leaves it. */

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

  // In full screen Esc is the browser's own key: it leaves both.
  globalThis.document?.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && store.get().present.on) turn(false);
  });

  /** With all of the screen, where the browser allows it: after a key or a click. @param {boolean} on */
  function present(on) {
    turn(on);
    if (on) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
  }

  return {
    name: /** @type {const} */ ("present"),
    /** @type {PresentState} */
    initial: { on: isNamed() },
    actions: {
      toggle: () => present(!store.get().present.on),
      leave: () => present(false),
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
