/** A loss chart as an SVG file: shapes, axes and legend. */

import { COLORS, dash } from "../ui/line_style.js";
import { ofRun } from "../ui/of_run.js";
import { LABEL_SIZE } from "./labels.js";
import { MARGIN, shapes } from "./shapes.js";

/** @import { Tick } from "../ui/ticks.js" */
/** @import { Label } from "./labels.js" */
/** @import { Box, Drawing, Ink, Shape } from "./shapes.js" */
/**
 * @typedef {object} Sheet
 * @property {Drawing} drawing
 * @property {Tick[]} acrossTicks
 * @property {Tick[]} upTicks
 * @property {string} acrossLabel
 * @property {string} upLabel
 * @property {{id: string, text: string}[]} legend
 * @property {Ink} ink
 * @property {number} width
 * @property {number} height  of the plot with its axes; the legend comes below
 */

const LINE = 20;
/** Characters of a legend's line. */
const MAX_LEGEND_LENGTH = 90;

/** @param {Sheet} sheet */
export const sheetHeight = ({ height, legend }) => height + LINE * legend.length + (legend.length > 0 ? 12 : 0);

/** @param {Sheet} sheet @returns {string} */
export function svgChart(sheet) {
  const { drawing, ink, width, height } = sheet;
  const box = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: width - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const total = sheetHeight(sheet);
  const all = shapes(drawing, box, null);
  const drawn = (/** @type {boolean} */ clipped) =>
    all
      .filter((shape) => shape.clipped === clipped)
      .map((shape) => element(shape, ink, nameOf(sheet, shape.id)))
      .join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="system-ui, sans-serif" font-size="12">
<title>Loss chart</title>
<clipPath id="plot"><rect x="${box.left}" y="${box.top}" width="${box.width}" height="${box.height}"/></clipPath>
<rect width="${width}" height="${total}" fill="${escaped(ink.surface)}"/>
${axes(sheet, box)}
<g clip-path="url(#plot)" stroke-linejoin="round" stroke-linecap="round">
${drawn(true)}
</g>
<g stroke-linecap="round">
${drawn(false)}
</g>
${legendOf(sheet)}
</svg>
`;
}

/**
 * @param {Shape} shape
 * @param {Ink} ink
 * @param {string} name
 */
function element({ kind, id, trace, color, alpha, width, dash, label, words }, ink, name) {
  const pen = svgPen();
  trace(pen);
  const paint = escaped(ink.lines[color] ?? ink.strong);
  const look = width > 0 ? `fill="none" stroke="${paint}" stroke-width="${width}"` : `fill="${paint}"`;
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  const edge = kind === "star" ? ` stroke="${escaped(ink.surface)}" stroke-width="1"` : "";
  return `<path data-kind="${kind}" data-run="${escaped(id)}" ${look}${dashes}${edge} opacity="${alpha}" d="${pen.path()}"><title>${[name, escaped(words)].filter(Boolean).join(": ")}</title></path>${label ? labelText(label, ink) : ""}`;
}

/** @param {Label} label @param {Ink} ink */
const labelText = ({ x, y, text, end }, ink) =>
  `<text x="${rounded(x)}" y="${rounded(y)}" font-size="${LABEL_SIZE}" text-anchor="${end ? "end" : "start"}" fill="${escaped(ink.strong)}">${escaped(text)}</text>`;

/** Writes what is drawn. */
function svgPen() {
  /** @type {string[]} */
  const parts = [];
  return {
    /** @param {number} x @param {number} y */
    moveTo: (x, y) => void parts.push(`M${rounded(x)} ${rounded(y)}`),
    /** @param {number} x @param {number} y */
    lineTo: (x, y) => void parts.push(`L${rounded(x)} ${rounded(y)}`),
    closePath: () => void parts.push("Z"),
    path: () => parts.join(""),
  };
}

/** @param {number} pixel */
const rounded = (pixel) => Math.round(pixel * 100) / 100;

/** @param {Sheet} sheet @param {Box} box */
function axes({ drawing, acrossTicks, upTicks, acrossLabel, upLabel, ink }, { left, top, width, height }) {
  const { across, up } = drawing;
  const [grid, text] = [escaped(ink.grid), escaped(ink.text)];
  const bottom = top + height;
  const vertical = acrossTicks.map(({ at, label }) => {
    const x = rounded(left + ((at - across[0]) / (across[1] - across[0])) * width);
    return `<path d="M${x} ${top}V${bottom + 5}"/><text x="${x}" y="${bottom + 18}" text-anchor="middle" stroke="none">${escaped(label)}</text>`;
  });
  const horizontal = upTicks.map(({ at, label }) => {
    const y = rounded(top + ((up[1] - at) / (up[1] - up[0])) * height);
    return `<path d="M${left - 5} ${y}H${left + width}"/><text x="${left - 8}" y="${y + 4}" text-anchor="end" stroke="none">${escaped(label)}</text>`;
  });
  const middle = rounded(top + height / 2);
  return `<g stroke="${grid}" fill="${text}">
${[...vertical, ...horizontal].join("\n")}
<text x="${left + width / 2}" y="${bottom + 38}" text-anchor="middle" stroke="none">${escaped(acrossLabel)}</text>
<text x="14" y="${middle}" transform="rotate(-90 14 ${middle})" text-anchor="middle" stroke="none">${escaped(upLabel)}</text>
</g>`;
}

/** @param {Sheet} sheet */
function legendOf({ drawing, legend, ink, height }) {
  const rows = legend.map(({ id, text }, i) => {
    const y = height + 12 + LINE * i;
    const number = ofRun(drawing.colors, id) ?? 0;
    const dashes = dash(number).join(" ");
    const words = text.length > MAX_LEGEND_LENGTH ? `${[...text].slice(0, MAX_LEGEND_LENGTH).join("")}…` : text;
    return `<path d="M${MARGIN.left} ${y - 4}h34" stroke="${escaped(ink.lines[number % COLORS])}" stroke-width="2.5"${dashes && ` stroke-dasharray="${dashes}"`}/><text x="${MARGIN.left + 42}" y="${y}" fill="${escaped(ink.strong)}">${escaped(words)}</text>`;
  });
  return rows.join("\n");
}

/** @param {Sheet} sheet @param {string} id */
const nameOf = ({ legend }, id) => escaped(legend.find((entry) => entry.id === id)?.text ?? "");

/** Escape text for XML, without invalid characters. @param {string} text */
function escaped(text) {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"']/g, (/** @type {string} */ sign) => `&#${sign.charCodeAt(0)};`);
}
