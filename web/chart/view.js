/** The loss chart: its plot with the readout of one point, or its table. */

import { COLORS } from "../ui/line_style.js";
import { ofRun } from "../ui/of_run.js";
import { plot } from "../ui/plot.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { CHART_METRICS } from "./metric.js";
import { drawn, MARGIN } from "./plot.js";
import { point, share } from "./pointer.js";
import { RECORDED_SETTINGS, recordedScene } from "./recorded.js";
import { lossScene } from "./scene.js";
import { chartKeys } from "./shortcuts.js";
import { lossTable } from "./table_view.js";
import { describeLines, pointOf } from "./text.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { LossLine } from "./line.js" */
/** @import { Recorded } from "./recorded.js" */
/** @import { Scene } from "./scene.js" */

const TOUCH = globalThis.matchMedia?.("(hover: none)").matches;

/** @param {State} state @param {Actions} actions */
export function charts(state, actions) {
  const { curves, table, recorded } = state.chart;
  if (recorded && state.run === null) return recording(recorded, actions);
  if (curves.every(({ step }) => step.length === 0)) return state.page.boot === "failed" ? stopped() : waiting();
  const scene = lossScene(state);
  return html`
    ${table ? lossTable(state, scene, actions) : frame(state, scene, actions)}
    <p class="vh">${state.training.playing ? "The chart updates while the network trains." : describeLines(scene)}</p>
  `;
}

/** @param {Recorded} recorded @param {Actions} actions */
function recording(recorded, actions) {
  const scene = recordedScene(recorded);
  return html`
    <div class="chart-frame">
      <div class="chart" aria-hidden="true" ${plot(drawn({ scene, settings: RECORDED_SETTINGS, active: null, mark: "" }, actions))}></div>
    </div>
    <p class="vh">The loss of a recorded first run, until Python is ready.</p>
  `;
}

/** Where the curve will be. A touch screen has no keys. */
const waiting = () => html`
  <p class="chart chart-waiting" translate="yes">
    <b>Press ${TOUCH ? "Play" : html`<kbd translate="no">Space</kbd>`} to start training.</b> <span>Or run one Step, Batch or Epoch.</span>
  </p>
`;

const stopped = () =>
  html`<p class="chart chart-waiting" translate="yes"><b>Python is not running.</b> <span>Nothing can be trained until it starts.</span></p>`;

/**
 * The focusable frame of the chart.
 * @param {State} state
 * @param {Scene} scene
 * @param {Actions} actions
 */
function frame(state, scene, actions) {
  const {
    chart: { settings, reading },
    runs: { hovered, list },
  } = state;
  const { lines, across, up } = scene.drawing;
  const active = list.find((run) => run.active) ?? null;
  const mark = hovered ?? "";
  const leave = (/** @type {PointerEvent} */ { pointerType }) => {
    // The point touched stays after the finger is lifted.
    if (pointerType === "mouse") actions.chart.leave();
  };
  return html`
    <div
      class="chart-frame ${settings.large ? "large" : ""}"
      role="application"
      aria-roledescription="line chart"
      aria-label="${CHART_METRICS[settings.metric]} of ${lines.length} ${lines.length === 1 ? "run" : "runs"}"
      aria-describedby="chart-keys"
      tabindex="0"
      data-focus="chart"
      @keydown=${(/** @type {KeyboardEvent} */ event) => chartKeys(event, actions)}
      @blur=${actions.chart.leave}
    >
      <div
        class="chart"
        aria-hidden="true"
        data-across=${across.join(" ")}
        data-up=${up.join(" ")}
        @pointermove=${(/** @type {PointerEvent} */ event) => point(event, scene, actions)}
        @pointerdown=${(/** @type {PointerEvent} */ event) => point(event, scene, actions)}
        @pointerleave=${leave}
        ${plot(drawn({ scene, settings, active, mark, present: state.present.on }, actions))}
      ></div>
      ${lines.length === 0 ? html`<p class="chart-waiting">Accuracy is measured at the end of each epoch, and none is complete yet.</p>` : nothing}
      ${reading ? tooltip(state, scene) : nothing}
    </div>
    <p class="vh" id="chart-keys">
      Left and right arrow move from point to point, Page Up and Page Down farther, Home and End to the ends; up and down arrow change the run; plus and
      minus zoom, 0 shows all; Escape leaves the point.
    </p>
  `;
}

/** Tooltip of the current point. @param {State} state @param {Scene} scene */
function tooltip({ chart: { reading }, runs: { colors } }, scene) {
  const found = pointOf(scene, reading);
  if (!found) return nothing;
  const { across, up, lines } = scene.drawing;
  const line = /** @type {LossLine} */ (lines.find(({ curve }) => curve.id === found.id));
  const [x, y] = [share(line.x[found.index], across, false), 1 - share(line.main[found.index], up, scene.log)];
  const place = `--x: ${clamped(x)}; --y: ${clamped(y)}; --left: ${MARGIN.left}px; --right: ${MARGIN.right}px; --top: ${MARGIN.top}px; --bottom: ${MARGIN.bottom}px`;
  return html`
    <div class="chart-point ${x > 0.5 ? "to-left" : ""} line-${(ofRun(colors, found.id) ?? 0) % COLORS}" .style=${place} aria-hidden="true">
      <span class="ring"></span>
      <div class="tooltip">
        <strong class="name">${found.name}</strong>
        <dl>${found.terms.map(([term, text]) => (text ? html`<div><dt>${term}</dt><dd>${text}</dd></div>` : nothing))}</dl>
      </div>
    </div>
  `;
}

/** Not finite values stand at the upper edge. @param {number} place */
const clamped = (place) => (Number.isNaN(place) ? 0 : Math.max(0, Math.min(1, place)));
