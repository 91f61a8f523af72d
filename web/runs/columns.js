/** Columns of the table of runs: heading, value to sort by, and text. */

import { optimizerWords } from "../config/optimizers_text.js";
import { UNITS, unitAt } from "../config/units.js";
import { duration, epochs, percent, short, widths } from "../ui/format.js";
import { count } from "../ui/number.js";

/** @import { LossType, RunSummary } from "../api.d.ts" */
/** A row: the summary of a run, with its status. @typedef {RunSummary & {status: string}} Row */

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} label
 * @property {(row: Row) => number | string | null} value  sort value
 * @property {(row: Row) => string} text                   displayed text
 * @property {((difference: number) => string) | null} delta  format of a difference from the baseline
 * @property {boolean} usual                               shown by default
 * @property {(row: Row) => string} [unit]                 values of two units cannot be compared
 * @property {(row: Row) => "lower" | "higher"} [better]   which values are better, where some are
 */

// Created once: a long table formats dozens per frame, and creating the format dominates.
const MOMENT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

/**
 * @param {[id: string, label: string]} names
 * @param {boolean} usual
 * @param {(row: Row) => number | null} value
 * @param {(value: number) => string} write
 * @returns {Column}
 */
function number([id, label], usual, value, write) {
  const text = (/** @type {Row} */ row) => {
    const found = value(row);
    return found === null ? "–" : write(found);
  };
  return { id, label, usual, value, text, delta: (difference) => signed(difference, write) };
}

const lower = () => /** @type {const} */ ("lower");
const higher = () => /** @type {const} */ ("higher");

/** Add the unit to values not measured in nats. @param {Column} column @param {(row: Row) => string} unit @returns {Column} */
function inUnits(column, unit) {
  const text = (/** @type {Row} */ row) => {
    const [value, its] = [column.value(row), unit(row)];
    return value === null || its === UNITS.cross_entropy ? column.text(row) : `${column.text(row)} ${its}`;
  };
  return { ...column, unit, text };
}

/** Unit of values measured with the current loss. @param {Row} row */
const unitNow = ({ config }) => UNITS[config.trainer.loss_type];

/**
 * @param {string} id
 * @param {string} label
 * @param {boolean} usual
 * @param {(row: Row) => string} text
 * @returns {Column}
 */
const words = (id, label, usual, text) => ({ id, label, usual, value: text, text, delta: null });

/** @type {Column[]} */
export const COLUMNS = [
  words("status", "Status", true, ({ status }) => status),
  number(["step", "Step"], true, ({ step }) => step, count),
  number(["epoch", "Epoch"], true, ({ epoch }) => epoch, epochs),
  inUnits({ ...number(["loss", "Batch loss"], true, ({ loss }) => loss, short), better: lower }, (row) =>
    unitAt("loss", row, row.step),
  ),
  inUnits(
    {
      ...number(["held_out_loss", "Held-out loss"], false, ({ metrics }) => metrics?.held_out_loss ?? null, short),
      better: lower,
    },
    unitNow,
  ),
  {
    ...number(
      ["held_out_accuracy", "Held-out accuracy"],
      false,
      ({ metrics }) => metrics?.held_out_accuracy ?? null,
      percent,
    ),
    better: higher,
  },
  {
    ...number(["best", "Best @ step"], true, ({ best_value }) => best_value, short),
    text: best,
    unit: monitored,
    better: monitoredWay,
  },
  { ...number(["accuracy", "Accuracy"], false, ({ metrics }) => metrics?.accuracy ?? null, percent), better: higher },
  number(["learning_rate", "Learning rate"], true, ({ config }) => config.trainer.learning_rate, exact),
  number(["batch_size", "Batch"], true, ({ config }) => config.trainer.batch_size, count),
  words("loss_type", "Loss type", false, ({ config }) => config.trainer.loss_type.replace("_", "-")),
  words("optimizer", "Optimizer", false, ({ config }) => optimizerWords(config.trainer)),
  words("shape", "Shape", false, ({ shape }) => widths(shape)),
  words("activation", "Activation", false, ({ config }) => config.model.activation),
  number(["parameters", "Parameters"], false, ({ parameters }) => parameters, count),
  words("dtype", "Precision", false, ({ config }) => config.model.dtype),
  words("initialization", "Initial weights", false, ({ config }) => config.model.initialization),
  words("seeds", "Seeds", false, seeds),
  words("dataset", "Dataset", false, dataset),
  { ...words("created", "Created", false, moment), value: ({ created }) => Date.parse(created) },
  number(["seconds", "Training time"], false, ({ seconds }) => seconds, duration),
];

/** The metric that selects the best epoch, with its unit. @param {Row} row */
function monitored({ config }) {
  return `${config.stopping.monitor} ${config.trainer.loss_type}`;
}

/** @param {Row} row @returns {"lower" | "higher"} */
function monitoredWay({ config }) {
  return config.stopping.monitor.endsWith("accuracy") ? "higher" : "lower";
}

/** @param {number} loss @param {LossType} type */
const lossText = (loss, type) => (type === "cross_entropy" ? short(loss) : `${short(loss)} ${UNITS[type]}`);

/** "0.1234 @ 1,200", with the metric's name unless it is the held-out loss @param {Row} row */
function best({ best_value, best_step, config: { stopping, trainer } }) {
  if (best_value === null) return "–";
  const metric = stopping.monitor.replace("held_out", "held-out").replace("_", " ");
  const value = metric.endsWith("accuracy") ? percent(best_value) : lossText(best_value, trainer.loss_type);
  const at = `${value} @ ${count(/** @type {number} */ (best_step))}`;
  return stopping.monitor === "held_out_loss" ? at : `${metric} ${at}`;
}

/** "0", or one for each where they differ: "weights 1, data 0, order 0" @param {Row} row */
function seeds({ config: { model, dataset, trainer } }) {
  const all = [model.seed, dataset.seed, trainer.seed];
  if (new Set(all).size === 1) return String(all[0]);
  return `weights ${all[0]}, data ${all[1]}, order ${all[2]}`;
}

/** "next token · one-hot · 3 sources · 100 samples" @param {Row} row */
function dataset({ config: { dataset: data } }) {
  const masters = data.master_sequences?.length ?? data.num_master_sequences;
  const origin = masters === null ? "random" : `${masters} ${masters === 1 ? "source" : "sources"}`;
  const way = data.master_sequences ? ", typed in" : "";
  const encoding = data.encoding === "embedding" ? `embedding ${data.embedding_dim}` : "one-hot";
  return `${data.task.replace("_", " ")} · ${encoding} · ${origin}${way} · ${count(data.num_samples)} samples`;
}

/** @param {Row} row */
function moment({ created }) {
  return MOMENT.format(new Date(created));
}

/** Format a setting, or a difference of two, without binary rounding noise. @param {number} value */
function exact(value) {
  return String(Number(value.toPrecision(12)));
}

/** @param {number} difference @param {(value: number) => string} write */
function signed(difference, write) {
  if (difference === 0) return "=";
  return difference < 0 ? `−${write(-difference)}` : `+${write(difference)}`;
}
