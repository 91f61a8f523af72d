/** Twins in words: how they differ, and what Python's hashes prove of them. */

import { count } from "./draw/number.js";
import { written } from "./optimizers.js";

/** @typedef {import("./api.d.ts").RunSummary} RunSummary */

/** What can differ between twins, in as few words as a legend has room for. @type {[string, (run: RunSummary) => string | number][]} */
const DIFFERENCES = [
  ["lr", ({ config }) => config.trainer.learning_rate],
  ["batch", ({ config }) => config.trainer.batch_size],
  ["loss", ({ config }) => config.trainer.loss_type.replace("_", "-")],
  ["activation", ({ config }) => config.model.activation],
  ["optimizer", ({ config }) => config.trainer.optimizer],
  ["momentum", ({ config }) => config.trainer.momentum],
  ["beta1", ({ config }) => config.trainer.beta1],
  ["beta2", ({ config }) => config.trainer.beta2],
  ["epsilon", ({ config }) => config.trainer.epsilon],
  ["decay", ({ config }) => config.trainer.weight_decay],
  ["clip", ({ config }) => written(config.trainer.clip_norm)],
];

/** A run and its twins, itself first. @param {RunSummary} run @param {RunSummary[]} runs */
const family = (run, runs) => [run, ...runs.filter(({ id }) => run.twins.includes(id))];

/** "lr 0.1 vs 0.03"; nothing for a run without twins. @param {RunSummary} run @param {RunSummary[]} runs */
export function difference(run, runs) {
  if (run.twins.length === 0) return "";
  const differing = DIFFERENCES.map(([word, value]) => ({
    word,
    values: [...new Set(family(run, runs).map(value))],
  })).filter(({ values }) => values.length > 1);
  if (differing.length === 0) return "no difference";
  return differing.map(({ word, values }) => `${word} ${values.join(" vs ")}`).join(", ");
}

/** What is proven, in words. @param {RunSummary} run @param {RunSummary[]} runs */
export function seal(run, runs) {
  if (run.proven === "batches") return "same start, same batches";
  if (run.proven === "order") return "same start, same order";
  if (run.proven === null) return "another start";
  const steps = family(run, runs).map(({ step }) => count(step));
  return `same start, but at steps ${steps.join(" and ")}`;
}

/** Whether the seal may be put on it. @param {RunSummary} run */
export const isSealed = ({ proven }) => proven === "batches" || proven === "order";
