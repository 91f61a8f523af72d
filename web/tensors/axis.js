/** Names along the axes of a tensor: samples, tokens at positions, units, outputs. */

import { parts } from "./names.js";
import { extent } from "./shape.js";

/** @import { DatasetView, Sample } from "../api.d.ts" */
/**
 * @typedef {object} Axis
 * @property {string} noun "sample", "position", "token", "output", "unit", "input" or "dimension"
 * @property {string[] | null} names one per row or column; null if numbers suffice
 * @property {number} group how many neighbours stand at one position; 0 without positions
 */
/** @typedef {{dataset: DatasetView | null, samples: Sample[], layers: number}} Facts sources of the names */

/**
 * @param {string} noun
 * @param {string[] | null} [names]
 * @param {number} [group]
 * @returns {Axis}
 */
const axis = (noun, names = null, group = 0) => ({ noun, names, group });

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {Facts} facts
 * @returns {{rows: Axis, columns: Axis}}
 */
export function axes(name, shape, facts) {
  const [rows, columns] = extent(shape);
  return { rows: named(rowAxis(name, rows, facts), rows), columns: named(columnAxis(name, columns, facts), columns) };
}

/** Names that do not fit belong to another run's data set, and are dropped. @param {Axis} found @param {number} length @returns {Axis} */
function named(found, length) {
  return found.names && found.names.length !== length ? axis(found.noun) : found;
}

/**
 * @param {string} name
 * @param {number} length
 * @param {Facts} facts
 * @returns {Axis}
 */
function rowAxis(name, length, facts) {
  const { place, layer, kind } = parts(name);
  if (kind === "biases") return axis("bias");
  if (kind !== "weights") return axis("sample", facts.samples.map(sampleName));
  if (place === "embedding") return axis("token", facts.dataset?.vocabulary);
  return layer === 0 ? inputAxis(length, facts.dataset) : axis("unit");
}

/**
 * @param {string} name
 * @param {number} length
 * @param {Facts} facts
 * @returns {Axis}
 */
function columnAxis(name, length, facts) {
  const { place, layer, kind } = parts(name);
  if (place === "") return tokenAxis(length, facts.dataset);
  if (place === "embedding") return kind === "weights" ? axis("dimension") : inputAxis(length, facts.dataset);
  return layer === facts.layers - 1 ? axis("output", facts.dataset?.output_labels) : axis("unit");
}

/** Axis of the first layer's inputs. @param {number} length @param {DatasetView | null} dataset @returns {Axis} */
function inputAxis(length, dataset) {
  if (dataset?.config.encoding !== "embedding") return tokenAxis(length, dataset);
  const group = dataset.config.embedding_dim;
  const names = Array.from({ length }, (_, i) => String((i % group) + 1));
  return axis("dimension", names, group);
}

/** One-hot: for each position one column per token. @param {number} length @param {DatasetView | null} dataset @returns {Axis} */
function tokenAxis(length, dataset) {
  if (!dataset || length % dataset.vocabulary.length !== 0) return axis("input");
  const group = dataset.vocabulary.length;
  return axis(
    "token",
    Array.from({ length }, (_, i) => dataset.vocabulary[i % group]),
    group,
  );
}

/** @param {Sample} sample @returns {string} "adda → c" */
function sampleName({ input, target }) {
  return `${joined(input)} → ${target}`;
}

/** Join tokens: single letters without spaces, longer ones with spaces. @param {string[]} tokens @returns {string} */
function joined(tokens) {
  return tokens.join(tokens.every((token) => token.length === 1) ? "" : " ");
}

/**
 * Describe a position on an axis, counted from 1.
 * @param {Axis} axis @param {number} i
 * @returns {string} "position 2, token b", "unit 17", "sample adda → c", "output c"; "" for the one row of biases
 */
export function placeName({ noun, names, group }, i) {
  if (noun === "bias") return "";
  const name = `${noun} ${names ? names[i] : i + 1}`;
  return group ? `position ${Math.floor(i / group) + 1}, ${name}` : name;
}
