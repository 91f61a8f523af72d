/** The parts that the bar drops at its width, in a fixed order, by measurement. */

/** The parts in the order in which they give way. From the fourth on, `stop`, the button of all settings is there. */
export const PARTS = ["saved", "from", "only", "stop", "brand", "loss", "optimizer", "mode", "phases", "batch"];
/** Least free width, and how much more there must be before a part comes back. Pixels. */
const SLACK = 12;
const HYSTERESIS = 24;

/**
 * The number of parts to drop.
 * @param {number} width  of the bar
 * @param {number[]} needs  width that is needed if 0, 1, 2 … parts are dropped
 * @param {number} dropped  so far
 */
export function partsToDrop(width, needs, dropped) {
  const fits = (/** @type {number} */ need, /** @type {number} */ count) =>
    need + SLACK + (count < dropped ? HYSTERESIS : 0) <= width;
  const found = needs.findIndex(fits);
  return found < 0 ? needs.length - 1 : found;
}

/** Keep the bar fitted to its width. @param {HTMLElement} bar @returns {() => void} fit it at once */
export function fitBar(bar) {
  let dropped = 0;
  /** Width and content at the last measurement. */
  let known = "";

  function fit() {
    const width = bar.clientWidth;
    const content = [...bar.children].map((child) => /** @type {HTMLElement} */ (child).offsetWidth);
    const now = [width, dropped, ...content].join();
    if (now === known) return;
    if (isPhone.matches) dropped = PARTS.length;
    else dropped = partsToDrop(width, measured(bar), dropped);
    show(bar, dropped);
    known = [
      width,
      dropped,
      ...[...bar.children].map((child) => /** @type {HTMLElement} */ (child).offsetWidth),
    ].join();
  }

  const isPhone = matchMedia("(max-width: 900px)");
  const observer = new ResizeObserver(fit);
  for (const element of [bar, ...bar.children]) observer.observe(element);
  return fit;
}

/** @param {HTMLElement} bar @param {number} count */
function show(bar, count) {
  bar.dataset.dropped = PARTS.slice(0, count).join(" ");
}

/** Widths that the bar needs, with ever more parts dropped. @param {HTMLElement} bar */
function measured(bar) {
  const { columnGap, paddingLeft, paddingRight } = getComputedStyle(bar);
  return Array.from({ length: PARTS.length + 1 }, (_, count) => {
    show(bar, count);
    const widths = [...bar.children].map((child) => child.getBoundingClientRect().width).filter((width) => width > 0);
    const gaps = Number.parseFloat(columnGap) * (widths.length - 1);
    const total = widths.reduce((sum, width) => sum + width, 0);
    return Math.ceil(total + gaps + Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight));
  });
}
