/** The loss of every run over its steps, live. */

import { dash, options, table } from "../draw/chart.js";
import { AsyncDirective, directive } from "../vendor/lit-html/async-directive.js";
import { html, noChange } from "../vendor/lit-html/lit-html.js";
import uPlot from "../vendor/uplot/uPlot.esm.js";
import { describeCurves, short } from "../words.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../api.d.ts").LossCurve} LossCurve */
/** @typedef {import("../vendor/lit-html/directive.js").ElementPart} ElementPart */

const COLORS = 8;
const HEIGHT = 220;

/** @param {State} state */
export function charts(state) {
  const { curves, colors, runs, playing } = state;
  const units = new Set(runs.map(({ config }) => (config.trainer.loss_type === "mse" ? "squared error" : "nats")));
  const unit = `loss (${[...units].join(" or ")})`;
  const empty = curves.every(({ step }) => step.length === 0);
  return html`
    ${
      empty
        ? html`<p class="chart waiting">The curve begins with the first step.</p>`
        : html`<div class="chart" aria-hidden="true" ${chart(curves, colors, unit)}></div>`
    }
    <ul class="legend-runs" role="list" aria-hidden="true">
      ${curves.map(
        ({ id, name, mean }) => html`
          <li class="line-${colors[id] % COLORS}">
            <svg viewBox="0 0 28 6" width="28" height="6"><line x1="1" y1="3" x2="27" y2="3" stroke-dasharray=${dash(colors[id]).join(" ")} /></svg>
            <span class="name">${name}</span>
            <span class="value">${mean.length > 0 ? short(mean[mean.length - 1]) : "–"}</span>
          </li>
        `,
      )}
    </ul>
    <p class="sr-only">${playing ? "The chart is being drawn while the network is trained." : describeCurves(state)}</p>
  `;
}

/** A uPlot chart in an element. It is made anew when its lines or colours change, and given new data otherwise. */
class Chart extends AsyncDirective {
  /** @type {uPlot | null} */
  plot = null;
  look = "";
  /** @type {ResizeObserver | null} */
  observer = null;

  /** @param {LossCurve[]} _curves @param {Record<string, number>} _colors @param {string} _unit */
  render(_curves, _colors, _unit) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {[LossCurve[], Record<string, number>, string]} values */
  update({ element }, [curves, colors, unit]) {
    const place = /** @type {HTMLElement} */ (element);
    this.watch(place);
    const lines = curves.map(({ id, name }) => ({
      name,
      color: paint(place, colors[id] % COLORS),
      dash: dash(colors[id]),
    }));
    const ink = { text: getComputedStyle(place).color, grid: getComputedStyle(place).borderTopColor };
    const look = JSON.stringify([lines, ink, unit]);
    const data = curves.length === 0 ? /** @type {[number[]]} */ ([[]]) : uPlot.join(curves.map(table));
    if (look === this.look) {
      this.plot?.setData(data);
      return noChange;
    }
    this.look = look;
    this.plot?.destroy();
    this.plot = new uPlot(options({ lines, ink, unit, width: place.clientWidth || 300, height: HEIGHT }), data, place);
    return noChange;
  }

  /** @override */
  disconnected() {
    this.plot?.destroy();
    this.observer?.disconnect();
    this.plot = null;
    this.observer = null;
    this.look = "";
  }

  /** @param {HTMLElement} place */
  watch(place) {
    if (this.observer) return;
    this.observer = new ResizeObserver(() => this.plot?.setSize({ width: place.clientWidth, height: HEIGHT }));
    this.observer.observe(place);
  }
}

const chart = directive(Chart);

/** The colour of a line as the theme has it now. @param {HTMLElement} place @param {number} number */
function paint(place, number) {
  const probe = document.createElement("i");
  probe.className = `line-${number}`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
