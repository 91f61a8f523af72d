/** State of the page itself: boot, messages, open dialog. */

/** @import { LoopsState, SelfTest } from "../api.d.ts" */
/** @import { BootEvent } from "../engine/protocol.d.ts" */
/** An error shown to the visitor. @typedef {{title: string, message: string, traceback: string}} Alert */
/**
 * @typedef {object} PageState
 * @property {"loading" | "ready" | "failed"} boot
 * @property {BootEvent & {waiting?: string}} stage  progress of the start; `waiting`: the reason of a long wait
 * @property {Alert & {restart: boolean, updated: boolean} | null} problem  why Python does not run; `updated`: another build has been published
 * @property {boolean} silent           Python has not answered for long
 * @property {SelfTest | null} selfTest
 * @property {LoopsState | null} loops  of NumPy
 * @property {number} readyAt           when it had passed, ms since 1970
 * @property {Alert | null} alert       the last error
 * @property {{first: string, shown: string} | null} banner  the banner chosen to be shown, and the most urgent one at that time
 * @property {string} announcement              for the live region
 * @property {string | null} busy       the work in progress
 * @property {number} clock             the time, ms since 1970, about once a second
 * @property {"new_run" | "twin" | "sweep" | "lens" | "help" | "settings" | null} dialog
 * @property {{target: string, otherwise?: string} | null} focus  the `data-focus` element to focus, and its fallback
 */

/** @returns {PageState} */
export const initialPage = () => ({
  boot: "loading",
  stage: { stage: "Starting", loaded: 0, total: 0 },
  problem: null,
  silent: false,
  selfTest: null,
  loops: null,
  readyAt: 0,
  alert: null,
  banner: null,
  announcement: "",
  busy: null,
  clock: Date.now(),
  dialog: null,
  focus: null,
});
