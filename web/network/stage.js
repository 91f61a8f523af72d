/** The room of the network: measured on the page, and planned for the tensors on screen. */

import { extent } from "../tensors/shape.js";
import { remember, remembered } from "../ui/preferences.js";
import { planOf } from "./geometry.js";
import { arrange, isTooSmallOnPaper } from "./plan.js";

/** @import { State, Store } from "../page/store.js" */
/** @import { NetShape } from "./blocks.js" */
/** @import { Plan } from "./geometry.js" */
/** @import { Space } from "./plan.js" */
/** @import { Net, Stage } from "./state.js" */

/** Widest window that is a phone's, and highest in which captions move together; CSS has the same. */
const PHONE = 900;
const LOW = 800;
/** Narrowest window with panels at the right. */
const SIDE = 1280;
/** Space between the columns; border and margins of one; what stands under the last band, such as positions. */
const BETWEEN = { wide: 12, phone: 6 };
const BESIDE = { wide: 26, phone: 14 };
const UNDER = 20;
/** Heights of a column's foot and border, and of its head until that is there. */
const ENDS = { usual: 26 + 2, low: 24 + 2 };
const HEAD = 46;

/** Measure the stage and the heads of its columns whenever their size changes, and count loaded fonts. @param {Store} store @param {HTMLElement} element @returns {() => void} measure them at once */
export function watchStage(store, element) {
  /** @type {HTMLElement[]} */
  let heads = [];
  const measure = () => {
    const stage = measured(element, heads);
    if (JSON.stringify(stage) !== JSON.stringify(store.get().network.stage)) store.set({ network: { stage } });
  };
  const observer = new ResizeObserver(measure);
  observer.observe(element);
  store.subscribe(() => {
    if (heads.length && heads[0].isConnected) return;
    heads = [...element.querySelectorAll(".network-head")].filter((head) => head instanceof HTMLElement);
    for (const head of heads) observer.observe(head);
  });
  addEventListener("resize", measure);
  document.fonts?.addEventListener("loadingdone", () =>
    store.set({ network: { fonts: store.get().network.fonts + 1 } }),
  );
  measure();
  return measure;
}

/** @param {HTMLElement} element @param {HTMLElement[]} heads @returns {Stage} */
function measured(element, heads) {
  const style = getComputedStyle(element);
  const [left, right, top, bottom] = [style.paddingLeft, style.paddingRight, style.paddingTop, style.paddingBottom].map(
    (padding) => Number.parseFloat(padding),
  );
  const phone = innerWidth <= PHONE;
  return {
    width: element.clientWidth - left - right,
    height: phone ? 0 : element.clientHeight - top - bottom + spare, // a phone's page scrolls: its height follows the network
    head: Math.max(0, ...heads.map(({ offsetHeight }) => offsetHeight)) || HEAD,
    dpr: devicePixelRatio,
    phone,
    low: innerHeight <= LOW,
  };
}

/** Height that the network does not need, which the console has, in CSS pixels. */
let spare = 0;
/** Where the browser remembers it, with the size of the window. */
const KEY = "spare";
/** The network of a first visit. @type {NetShape} */
const FIRST = { widths: [16, 32, 32, 4], batch: 10, embedding: null, letters: 6 };

/** Give the console the height that the network does not need, unless its height was chosen. @param {State} state */
export function giveSpareHeight(state) {
  const { stage, net, zoom } = state.network;
  if (!stage) return;
  const wanted = hasAutomaticConsole(state) ? Math.max(0, Math.floor(unusedHeight(state, spaceOf(stage, zoom)))) : 0;
  if (wanted === spare) return;
  spare = wanted;
  document.documentElement.style.setProperty("--spare", `${spare}px`);
  if (net && !net.recorded) remember(KEY, { width: innerWidth, height: innerHeight, spare });
}

/** @param {State} state @param {Space} space */
function unusedHeight(state, space) {
  const { net } = state.network;
  if (net) return space.height - planFor(state, net).height;
  const { width, height, spare: kept } = remembered(KEY);
  if (width === innerWidth && height === innerHeight && Number.isFinite(kept)) return kept;
  return space.height - planOf(FIRST, space).height;
}

/** @param {State} state */
function hasAutomaticConsole({ network: { stage, zoom }, panels: { side, collapsed, height } }) {
  const isBelow = side === "bottom" || innerWidth < SIDE;
  return !stage?.phone && isBelow && !collapsed && height === null && zoom === null;
}

/** Height of a column's network as it stands: without what the console has. @param {State} state @param {Net} net */
export function heightShown(state, net) {
  const { space, height } = planFor(state, net);
  return hasAutomaticConsole(state) ? Math.min(space.height, Math.ceil(height)) : space.height;
}

/** The room of one column's network. @param {Stage} stage @param {number | null} zoom @returns {Space} */
export function spaceOf({ width, height, head, dpr, phone, low }, zoom) {
  const kind = phone ? "phone" : "wide";
  return {
    width: Math.max(1, Math.floor((width - BETWEEN[kind]) / 2) - BESIDE[kind]),
    height: Math.max(1, Math.floor(height) - head - (low ? ENDS.low : ENDS.usual) - UNDER),
    dpr,
    zoom,
    phone,
    low,
  };
}

/** @type {Stage} */
export const USUAL = { width: 1416, height: 585, head: HEAD, dpr: 1, phone: false, low: false };
/** @type {{key: string, plan: Plan} | null} */
let latest = null;

/** Room of a column on a page of A4 across, beside the other one and alone. CSS pixels. @type {Record<"half" | "page", Space>} */
const PAPER = {
  half: { width: 495, height: 520, dpr: 2, zoom: null, phone: false, low: false, print: true },
  page: { width: 1010, height: 520, dpr: 2, zoom: null, phone: false, low: false, print: true },
};

/** @param {NetShape} shape */
const paperFor = (shape) => PAPER[isTooSmallOnPaper(arrange(shape, PAPER.half)) ? "page" : "half"];

/** The plan for the tensors on screen, computed again only if a shape or the room has changed. @param {Pick<State, "network" | "run" | "dataset">} state @param {Net} net */
export function planFor(state, net) {
  const { stage, zoom, printing } = state.network;
  const shape = shapeOf(state, net);
  const space = printing ? paperFor(shape) : spaceOf(stage ?? USUAL, zoom);
  const key = JSON.stringify([shape, space]);
  if (latest?.key !== key) latest = { key, plan: planOf(shape, space) };
  return latest.plan;
}

/** @param {Pick<State, "run" | "dataset">} state @param {Net} net @returns {NetShape} */
function shapeOf({ run, dataset: { about } }, { forward: { tensors } }) {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, extent(shape)]));
  const weights = [...shapes].filter(([name]) => /^layers\/\d+\/weights$/.test(name)).map(([, shape]) => shape);
  const [rows] = shapes.get("inputs") ?? [1];
  const table = shapes.get("embedding/weights");
  const embedding = table && { tokens: table[0], size: table[1], positions: weights[0][0] / table[1] };
  const set = run ? Math.min(run.config.trainer.batch_size, run.num_train) : rows;
  return {
    widths: [weights[0][0], ...weights.map(([, units]) => units)],
    batch: Math.max(rows, set),
    embedding: embedding ?? null,
    letters: about ? lettersOf(about) : 0,
  };
}

/** Letters in the longest label of a sample. @param {NonNullable<State["dataset"]["about"]>} about */
function lettersOf({ vocabulary, output_labels, config: { task, sequence_length } }) {
  const longest = (/** @type {string[]} */ words) => Math.max(0, ...words.map((word) => word.length));
  const tokens = task === "classification" ? sequence_length : sequence_length - 1;
  const spaces = longest(vocabulary) > 1 ? tokens - 1 : 0;
  return tokens * longest(vocabulary) + spaces + 1 + longest(output_labels);
}
