/** The plot of the loss chart: uPlot keeps its axes, its size and what is dragged; draw/chart.js says what is drawn in it. */

import { paint } from "../draw/canvas_chart.js";
import { COLORS, MARGIN, placeIn, shapes } from "../draw/chart.js";
import { ticksOf } from "../loss_scene.js";
import { AsyncDirective, directive } from "../vendor/lit-html/async-directive.js";
import { noChange } from "../vendor/lit-html/lit-html.js";
import uPlot from "../vendor/uplot/uPlot.esm.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../loss_scene.js").Scene} Scene */
/** @typedef {import("../loss_scene.js").ChartSettings} ChartSettings */
/** @typedef {import("../draw/chart.js").Ink} Ink */
/** @typedef {import("../vendor/lit-html/directive.js").ElementPart} ElementPart */
/** @typedef {{scene: Scene, chart: ChartSettings, hovered: string | null, theme: string}} Shown */

/** Before the page is laid out. Pixels. */
const SIZE = { width: 300, height: 250 };
/** Text of the axes: what lies around the plot is shared by numbers and names. Pixels. */
const NAME = 18;
/** Of a drag; what is shorter was a click. And what is flatter or steeper than this is about one axis only. Pixels. */
const SHORTEST = 5;
const FLATTEST = 30;

/** It is made anew when its colours change, and drawn again when what it shows does. */
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
    // At first it is not in the page yet, and has no colours.
    if (place.isConnected) this.follow(place, before, actions);
    else queueMicrotask(() => this.follow(place, before, actions));
    // What part is shown, for those who cannot read it off the canvas.
    place.dataset.across = shown.scene.drawing.across.join(" ");
    place.dataset.up = shown.scene.drawing.up.join(" ");
    return noChange;
  }

  /** @param {HTMLElement} place @param {Shown | null} before @param {Actions} actions */
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

  /** @param {HTMLElement} place @param {Ink} ink @param {Actions} actions */
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
      actions.point_at_chart(at, placeIn(across, up, { left: 0, top: 0, width, height }));
    };
    place.addEventListener("pointermove", point);
    place.addEventListener("pointerdown", point);
    // What a finger pointed at stays when it is lifted.
    place.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && actions.leave_chart());
  }
}

export const plot = directive(Plot);

/** @param {PointerEvent} event */
const isDragging = ({ pointerType, buttons }) => pointerType === "mouse" && buttons > 0;

/** uPlot asks for numbers to find its ranges by; they come from the scene instead. @param {Scene} scene @returns {uPlot.AlignedData} */
const dataOf = ({ drawing }) => [[...drawing.across], [...drawing.up]];

/**
 * @param {() => Shown} shown @param {Ink} ink @param {Actions} actions
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
        actions.zoom_chart(null);
        return null;
      },
    },
  };
}

/** What was dragged over is looked at closely. @param {uPlot} plot @param {Actions} actions */
function select(plot, actions) {
  const { left, top, width, height } = plot.select;
  if (width === 0 && height === 0) return;
  const { clientWidth, clientHeight } = plot.over;
  /** @type {(scale: "x" | "y", from: number, to: number) => [number, number]} */
  const between = (scale, from, to) => [plot.posToVal(from, scale), plot.posToVal(to, scale)];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  actions.zoom_chart({
    across: width < clientWidth ? between("x", left, left + width) : null,
    up: height < clientHeight ? between("y", top + height, top) : null,
  });
}

/** @param {uPlot} plot @param {Shown} shown @param {Ink} ink */
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

/** The chart's colours as the page has them now. @param {Element} place @returns {Ink} */
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
