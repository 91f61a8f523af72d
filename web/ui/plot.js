/** A chart of uPlot as part of a view: made again when its look changes, redrawn when its data do. */

import { AsyncDirective, directive } from "../vendor/lit-html/async-directive.js";
import { noChange } from "../vendor/lit-html/lit-html.js";
import uPlot from "../vendor/uplot/uPlot.esm.js";
import { inkOf } from "./ink.js";

/** @import { ElementPart } from "../vendor/lit-html/directive.js" */
/** @import { Ink } from "./ink.js" */
/** @typedef {Omit<uPlot.Options, "width" | "height">} Options */
/**
 * @typedef {object} Drawn
 * @property {string} look     all that the options depend on, but colours
 * @property {unknown} content redrawn when it is another one
 * @property {string} [mark]   what stands out
 * @property {unknown} [ranges]  of its axes
 * @property {(ink: Ink, latest: () => any) => Options} options  `latest` returns the newest of these objects
 * @property {(drawn: any) => uPlot.AlignedData} data
 * @property {(plot: uPlot, drawn: any) => void} [emphasize]  let `mark` stand out
 */

/** Before the page is laid out. Pixels. */
const SIZE = { width: 300, height: 150 };
const darkness = matchMedia("(prefers-color-scheme: dark)");

class Plot extends AsyncDirective {
  /** @type {uPlot | null} */
  plot = null;
  /** @type {Drawn | null} */
  drawn = null;
  /** @type {HTMLElement | null} */
  place = null;
  made = "";
  observer = new ResizeObserver(([{ contentRect: size }]) => {
    if (size.width > 0 && size.height > 0) this.plot?.setSize({ width: size.width, height: size.height });
  });
  recolor = () => this.follow(null);

  /** @param {Drawn} _drawn */
  render(_drawn) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {[Drawn]} given */
  update({ element }, [drawn]) {
    const before = this.drawn;
    this.drawn = drawn;
    if (!this.place) this.begin(/** @type {HTMLElement} */ (element));
    // At first the element is not in the page, so it has no colours.
    if (element.isConnected) this.follow(before);
    else queueMicrotask(() => this.follow(before));
    return noChange;
  }

  /** @param {HTMLElement} place */
  begin(place) {
    this.place = place;
    this.observer.observe(place);
    darkness.addEventListener("change", this.recolor);
    document.fonts.addEventListener("loadingdone", this.recolor);
  }

  /** @param {Drawn | null} before */
  follow(before) {
    const { place, drawn, plot } = this;
    if (!place?.isConnected || !drawn) return;
    const ink = inkOf(place);
    const made = JSON.stringify([ink, drawn.look]);
    if (!plot || made !== this.made || !before) this.make(place, drawn, ink);
    else if (before.content !== drawn.content) plot.setData(drawn.data(drawn));
    else if (before.mark !== drawn.mark) {
      drawn.emphasize?.(plot, drawn);
      plot.redraw(false);
    }
    this.made = made;
  }

  /** @param {HTMLElement} place @param {Drawn} drawn @param {Ink} ink */
  make(place, drawn, ink) {
    this.plot?.destroy();
    const size = { width: place.clientWidth || SIZE.width, height: place.clientHeight || SIZE.height };
    const options = drawn.options(ink, () => this.drawn ?? drawn);
    this.plot = new uPlot({ ...size, ...options }, drawn.data(drawn), place);
    drawn.emphasize?.(this.plot, drawn);
    // For tests and scripts.
    Object.assign(place, { plot: this.plot });
  }

  /** @override */
  disconnected() {
    this.plot?.destroy();
    this.observer.disconnect();
    darkness.removeEventListener("change", this.recolor);
    document.fonts.removeEventListener("loadingdone", this.recolor);
    [this.plot, this.place, this.drawn, this.made] = [null, null, null, ""];
  }
}

export const plot = directive(Plot);

/** Size of the labels of axes. uPlot multiplies it by the pixels of the screen for each of CSS, but whole numbers only. */
const labelSize = () => (devicePixelRatio === 1 ? 10.5 : 11);

/** An axis in the page's colours. @param {Ink} ink @param {Partial<uPlot.Axis>} more @param {number} [k]  its scale @returns {uPlot.Axis} */
export const axis = (ink, more, k = 1) => ({
  stroke: ink.muted,
  font: `500 ${labelSize() * k}px ${ink.font}`,
  grid: { stroke: ink.grid, width: k },
  ticks: { show: false },
  gap: 5 * k,
  ...more,
});
