/** Events of a run in words: changed settings and stops. */

import { settingOf } from "../config/schema.js";
import { epochs } from "../ui/format.js";
import { count } from "../ui/number.js";

/** @import { Mark, RunSummary, StopFlag } from "../api.d.ts" */

/** @param {Mark["from"]} value */
export const valueText = (value) => (typeof value === "string" ? value.replace("_", "-") : String(value ?? "none"));

/** @param {Mark} mark @param {"label" | "short"} length */
function change({ field, from, to }, length) {
  const name = settingOf("trainer", String(field))?.[length].toLowerCase() ?? field; // weights that were put back are no setting
  return `${name} ${valueText(from)} → ${valueText(to)}`;
}

/** "lr 0.1 → 0.03" @param {Mark} mark */
export const markLabel = (mark) => change(mark, "short");

/** "learning rate 0.1 → 0.03 at step 1,200" @param {Mark} mark */
export const markWords = (mark) => `${change(mark, "label")} at step ${count(mark.step)}`;

/** @type {Record<StopFlag["reason"], string>} */
const FLAGS = { early_stopping: "stopped early", target: "target", max_epochs: "epochs done", diverged: "diverged" };

/** "⚑ stopped early" @param {StopFlag} stop */
export const stopLabel = ({ reason }) => `⚑ ${FLAGS[reason]}`;

/** Name the code that trains a run. @param {Pick<RunSummary["code"], "trained_by">} code @returns {string} "my code" */
export const codeWords = ({ trained_by }) => ({ ours: "our code", mine: "my code", waiting: "code waits" })[trained_by];

/** Stretches that code with wrong gradients has trained. @param {number[]} steps  the first and the last @returns {string} */
export const wrongWords = ([first, last]) => `gradients wrong from step ${count(first)} to ${count(last)}`;

/** "at step 1,200, epoch 150: Stopped early: …" @param {StopFlag} stop */
export const stopWords = ({ step, epoch, sentence }) => `at step ${count(step)}, epoch ${epochs(epoch)}: ${sentence}`;
