/** The debug panel: it observes calls and frames while it is open; closed, it costs nothing. */

import { render } from "../vendor/lit-html/lit-html.js";
import { Log } from "./log.js";
import { debugPanel } from "./view.js";

/** @import { Call } from "./log.js" */
/**
 * Sources of calls and frames; null ends the observation.
 * @typedef {object} Sources
 * @property {(listener: ((call: Call) => void) | null) => void} observeCalls
 * @property {(listener: ((start: number, end: number) => void) | null) => void} observeFrames
 * @property {() => number} writing  saves in progress
 * @property {() => void} onClose
 */

/** Between two drawings of the panel. */
const INTERVAL = 250; // milliseconds
/** The track that Chrome's DevTools show the measures in. */
const TRACK = { devtools: { dataType: "track-entry", track: "Backprop" } };

/** Open the panel. @param {Sources} sources */
export function openPanel(sources) {
  const log = new Log();
  const style = addStyle();
  const panel = document.createElement("section");
  panel.className = "debug";
  panel.setAttribute("aria-label", "Debug");
  panel.tabIndex = -1;
  const draw = () => render(debugPanel(log, sources.writing(), close), panel);
  const timer = setInterval(draw, INTERVAL);

  function close() {
    clearInterval(timer);
    sources.observeCalls(null);
    sources.observeFrames(null);
    panel.remove();
    style.remove();
    sources.onClose();
  }

  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  sources.observeCalls((call) => {
    log.addCall(call);
    measure(call.method, call.start, call.end);
  });
  sources.observeFrames((start, end) => {
    log.addFrame(end - start);
    measure("draw", start, end);
  });
  document.body.append(panel);
  draw();
  panel.focus();
}

/** Show a duration in the performance panel of the browser's DevTools. */
function measure(/** @type {string} */ name, /** @type {number} */ start, /** @type {number} */ end) {
  performance.measure(name, { start, end, detail: TRACK });
  performance.clearMeasures(name); // a recording has it; the page keeps none
}

function addStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("./debug.css", import.meta.url).href;
  document.head.append(link);
  return link;
}
