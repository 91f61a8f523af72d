/** The plot of the loss chart: uPlot draws the axes and reports drags, shapes.js draws the rest. */

import { COLORS } from "../ui/line_style.js";
import { AsyncDirective, directive } from "../vendor/lit-html/async-directive.js";
import { noChange } from "../vendor/lit-html/lit-html.js";
import uPlot from "../vendor/uplot/uPlot.esm.js";
import { paint } from "./canvas.js";
import { ticksOf } from "./scene.js";
import { MARGIN, placeIn, shapes } from "./shapes.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { ElementPart } from "../vendor/lit-html/directive.js" */
/** @import { ChartSettings, Scene } from "./scene.js" */
/** @import { Ink } from "./shapes.js" */
/** @typedef {{scene: Scene, chart: ChartSettings, hovered: string | null, theme: string}} Shown */

/** Before the page is laid out. Pixels. */
const SIZE = { width: 300, height: 250 };
/** Text of the axes: what lies around the plot is shared by numbers and names. Pixels. */
const NAME = 18;
/** Minimum length of a drag (shorter is a click), and minimum size along an axis to zoom it. Pixels. */
const SHORTEST = 5;
const FLATTEST = 30;

/** Recreated when its colours change, redrawn when its data change. */
class Plot extends AsyncDirective {
  /** @type {uPlot | null} */
  plot = null;
  /** @type {Shown | null} */
  shown = null;
  look = "";
  /** @type {ResizeObserver | null} */
  observer = null;

  /** @param {Shown} _shown @param {Actions} _actions */
  render(_shown, _actions) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {[Shown, Actions]} given */
  update({ element }, [shown, actions]) {
    const place = /** @type {HTMLElement} */ (element);
    const before = this.shown;
    this.shown = shown;
    this.watch(place, actions);
    // At first the element is not in the page, so it has no colours.
    if (place.isConnected) this.follow(place, before, actions);
    else queueMicrotask(() => this.follow(place, before, actions));
    // Expose the visible range, for tests and scripts.
    place.dataset.across = shown.scene.drawing.across.join(" ");
    place.dataset.up = shown.scene.drawing.up.join(" ");
    return noChange;
  }

  /**
   * @param {HTMLElement} place
   * @param {Shown | null} before
   * @param {Actions} actions
   */
  follow(place, before, actions) {
    const { shown } = this;
    if (!shown) return; // it is gone again
    const ink = inkOf(place);
    const look = JSON.stringify([ink, shown.scene.acrossLabel, shown.scene.upLabel]);
    if (look !== this.look) this.make(place, ink, actions);
    else if (before?.scene !== shown.scene) this.plot?.setData(dataOf(shown.scene));
    else if (before?.hovered !== shown.hovered) this.plot?.redraw(false);
    this.look = look;
  }

  /**
   * @param {HTMLElement} place
   * @param {Ink} ink
   * @param {Actions} actions
   */
  make(place, ink, actions) {
    this.plot?.destroy();
    const shown = () => /** @type {Shown} */ (this.shown);
    const size = { width: place.clientWidth || SIZE.width, height: place.clientHeight || SIZE.height };
    this.plot = new uPlot({ ...size, ...options(shown, ink, actions) }, dataOf(shown().scene), place);
  }

  /** @override */
  disconnected() {
    this.plot?.destroy();
    this.observer?.disconnect();
    this.plot = null;
    this.observer = null;
    this.shown = null;
    this.look = "";
  }

  /** @param {HTMLElement} place @param {Actions} actions */
  watch(place, actions) {
    if (this.observer) return;
    this.observer = new ResizeObserver(() =>
      this.plot?.setSize({ width: place.clientWidth, height: place.clientHeight }),
    );
    this.observer.observe(place);
    const point = (/** @type {PointerEvent} */ event) => {
      const { shown, plot } = this;
      if (!shown || !plot || isDragging(event)) return;
      const { left, top, width, height } = plot.over.getBoundingClientRect();
      const { across, up } = shown.scene.drawing;
      const at = { x: event.clientX - left, y: event.clientY - top };
      actions.chart.pointAt(at, placeIn(across, up, { left: 0, top: 0, width, height }));
    };
    place.addEventListener("pointermove", point);
    place.addEventListener("pointerdown", point);
    // The point touched stays after the finger is lifted.
    place.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && actions.chart.leave());
  }
}

export const plot = directive(Plot);

/** @param {PointerEvent} event */
const isDragging = ({ pointerType, buttons }) => pointerType === "mouse" && buttons > 0;

/** uPlot asks for numbers to find its ranges by; they come from the scene instead. @param {Scene} scene @returns {uPlot.AlignedData} */
const dataOf = ({ drawing }) => [[...drawing.across], [...drawing.up]];

/**
 * @param {() => Shown} shown
 * @param {Ink} ink
 * @param {Actions} actions
 * @returns {Omit<uPlot.Options, "width" | "height">}
 */
function options(shown, ink, actions) {
  const { acrossLabel, upLabel } = shown().scene;
  const axis = {
    stroke: ink.text,
    grid: { stroke: ink.grid, width: 1 },
    ticks: { stroke: ink.grid, width: 1, size: 5 },
    labelSize: NAME,
    labelGap: 0,
    gap: 3,
  };
  const ticks = (/** @type {uPlot} */ plot) => {
    const { scene, chart } = shown();
    return ticksOf(scene, chart, plot.width - MARGIN.left - MARGIN.right, plot.height - MARGIN.top - MARGIN.bottom);
  };
  return {
    padding: [MARGIN.top, MARGIN.right, 0, 0],
    legend: { show: false },
    cursor: cursor(actions),
    scales: {
      x: { time: false, range: () => shown().scene.drawing.across },
      y: { range: () => shown().scene.drawing.up },
    },
    axes: [
      {
        ...axis,
        label: acrossLabel,
        size: MARGIN.bottom - NAME,
        splits: (plot) => ticks(plot).across.map(({ at }) => at),
        values: (plot) => ticks(plot).across.map(({ label }) => label),
      },
      {
        ...axis,
        label: upLabel,
        size: MARGIN.left - NAME,
        splits: (plot) => ticks(plot).up.map(({ at }) => at),
        values: (plot) => ticks(plot).up.map(({ label }) => label),
      },
    ],
    series: [{}, { stroke: "transparent", points: { show: false }, paths: () => null }],
    hooks: {
      draw: [(plot) => draw(plot, shown(), ink)],
      setSelect: [(plot) => select(plot, actions)],
    },
  };
}

/** @param {Actions} actions @returns {uPlot.Cursor} */
function cursor(actions) {
  return {
    points: { show: false },
    drag: { x: true, y: true, uni: FLATTEST, dist: SHORTEST, setScale: false },
    bind: {
      dblclick: () => () => {
        actions.chart.zoom(null);
        return null;
      },
    },
  };
}

/** Zoom to the dragged range. @param {uPlot} plot @param {Actions} actions */
function select(plot, actions) {
  const { left, top, width, height } = plot.select;
  if (width === 0 && height === 0) return;
  const { clientWidth, clientHeight } = plot.over;
  /** @type {(scale: "x" | "y", from: number, to: number) => [number, number]} */
  const between = (scale, from, to) => [plot.posToVal(from, scale), plot.posToVal(to, scale)];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  actions.chart.zoom({
    across: width < clientWidth ? between("x", left, left + width) : null,
    up: height < clientHeight ? between("y", top + height, top) : null,
  });
}

/**
 * @param {uPlot} plot
 * @param {Shown} shown
 * @param {Ink} ink
 */
function draw({ ctx, bbox }, { scene, hovered }, ink) {
  const density = devicePixelRatio;
  const box = {
    left: bbox.left / density,
    top: bbox.top / density,
    width: bbox.width / density,
    height: bbox.height / density,
  };
  ctx.save();
  ctx.scale(density, density);
  paint(ctx, shapes(scene.drawing, box, hovered), box, ink);
  ctx.restore();
}

/** Read the chart's colours from the page. @param {Element} place @returns {Ink} */
export function inkOf(place) {
  const style = getComputedStyle(place);
  const probe = document.createElement("i");
  place.append(probe);
  const lines = Array.from({ length: COLORS }, (_, number) => {
    probe.className = `line-${number}`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  // Text takes the colour, the grid that of the (empty) border, and the outline's is that of strong text.
  return {
    text: style.color,
    strong: style.outlineColor,
    grid: style.borderTopColor,
    surface: style.backgroundColor,
    lines,
  };
}
