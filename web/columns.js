/** What the table of runs can show: each column with its heading, the value it is sorted by, and how that is written. */

import { count } from "./draw/number.js";
import { optimizerWords } from "./optimizers.js";
import { epochs, percent, short, widths } from "./words.js";

/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** A run as a row: what Python says of it, and how it stands. @typedef {RunSummary & {status: string}} Row */

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} label
 * @property {(row: Row) => number | string | null} value  what it is sorted by
 * @property {(row: Row) => string} text                   what is shown
 * @property {((difference: number) => string) | null} delta  how a distance from the baseline is written
 * @property {boolean} usual                               shown unless it is chosen otherwise
 */

// Made once: a table of many runs writes dozens in each frame, and to make the format is most of the work.
const MOMENT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

/**
 * @param {string} id @param {string} label @param {boolean} usual
 * @param {(row: Row) => number | null} value @param {(value: number) => string} write
 * @returns {Column}
 */
function number(id, label, usual, value, write) {
  const text = (/** @type {Row} */ row) => {
    const found = value(row);
    return found === null ? "–" : write(found);
  };
  return { id, label, usual, value, text, delta: (difference) => signed(difference, write) };
}

/** @param {string} id @param {string} label @param {boolean} usual @param {(row: Row) => string} text @returns {Column} */
const words = (id, label, usual, text) => ({ id, label, usual, value: text, text, delta: null });

/** @type {Column[]} */
export const COLUMNS = [
  words("status", "Status", true, ({ status }) => status),
  number("step", "Step", true, ({ step }) => step, count),
  number("epoch", "Epoch", true, ({ epoch }) => epoch, epochs),
  number("loss", "Batch loss", true, ({ loss }) => loss, short),
  number("held_out_loss", "Held-out loss", true, ({ metrics }) => metrics?.held_out_loss ?? null, short),
  number("held_out_accuracy", "Held-out accuracy", false, ({ metrics }) => metrics?.held_out_accuracy ?? null, percent),
  { ...number("best", "Best loss @ step", true, ({ best_loss }) => best_loss, short), text: best },
  number("accuracy", "Accuracy", true, ({ metrics }) => metrics?.accuracy ?? null, percent),
  number("learning_rate", "Learning rate", true, ({ config }) => config.trainer.learning_rate, exact),
  number("batch_size", "Batch", true, ({ config }) => config.trainer.batch_size, count),
  words("loss_type", "Loss type", false, ({ config }) => config.trainer.loss_type.replace("_", "-")),
  words("optimizer", "Optimizer", false, ({ config }) => optimizerWords(config.trainer)),
  words("shape", "Shape", false, ({ shape }) => widths(shape)),
  words("activation", "Activation", false, ({ config }) => config.model.activation),
  number("parameters", "Parameters", false, ({ parameters }) => parameters, count),
  words("dtype", "Precision", false, ({ config }) => config.model.dtype),
  words("initialization", "First weights", false, ({ config }) => config.model.initialization),
  words("seeds", "Seeds", false, seeds),
  words("dataset", "Dataset", false, dataset),
  { ...words("created", "Created", false, moment), value: ({ created }) => Date.parse(created) },
  number("seconds", "Training time", false, ({ seconds }) => seconds, duration),
];

/** @param {Row} row */
function best({ best_loss, best_step }) {
  return best_loss === null ? "–" : `${short(best_loss)} @ ${count(/** @type {number} */ (best_step))}`;
}

/** "0", or one for each where they differ: "weights 1, data 0, order 0" @param {Row} row */
function seeds({ config: { model, dataset, trainer } }) {
  const all = [model.seed, dataset.seed, trainer.seed];
  if (new Set(all).size === 1) return String(all[0]);
  return `weights ${all[0]}, data ${all[1]}, order ${all[2]}`;
}

/** "next token · one-hot · 3 masters · 100 samples" @param {Row} row */
function dataset({ config: { dataset: data } }) {
  const masters = data.master_sequences?.length ?? data.num_master_sequences;
  const origin = masters === null ? "random" : `${masters} masters${data.master_sequences ? " of its own" : ""}`;
  const encoding = data.encoding === "embedding" ? `embedding ${data.embedding_dim}` : "one-hot";
  return `${data.task.replace("_", " ")} · ${encoding} · ${origin} · ${count(data.num_samples)} samples`;
}

/** @param {Row} row */
function moment({ created }) {
  return MOMENT.format(new Date(created));
}

/** @param {number} seconds */
function duration(seconds) {
  const minutes = Math.trunc(seconds / 60);
  return minutes === 0 ? `${seconds.toFixed(1)} s` : `${count(minutes)} min ${Math.round(Math.abs(seconds % 60))} s`;
}

/** A setting as it was typed, and a difference of two without the noise of binary fractions. @param {number} value */
function exact(value) {
  return String(Number(value.toPrecision(12)));
}

/** @param {number} difference @param {(value: number) => string} write */
function signed(difference, write) {
  if (difference === 0) return "=";
  return difference < 0 ? `−${write(-difference)}` : `+${write(difference)}`;
}
