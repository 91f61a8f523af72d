/** Twins in words: their differences, and what Python's hashes prove. */

import { twinSettings } from "../config/schema.js";
import { count } from "../ui/number.js";
import { codeWords, valueText } from "./events_text.js";

/** @import { RunSummary, SettingWords } from "../api.d.ts" */

/** The value of a setting of a run, in a few letters. @param {RunSummary} run @param {SettingWords} setting */
const valueIn = ({ config }, { section, name }) =>
  valueText(/** @type {Record<string, any>} */ (section === "model" ? config.model : config.trainer)[name]);

const MAX_MARKS = 200; // kept by Python for a run; with this many, earlier ones may be lost

/**
 * Describe each value of a setting: "sgd to step 40, then adam".
 * @param {RunSummary} run
 * @param {string} field
 * @param {string} now
 */
function course({ marks }, field, now) {
  const before = marks
    .filter((mark) => mark.field === field)
    .map(({ from, step }) => `${valueText(from)} to step ${count(step)}`);
  return before.length === 0 ? now : `${before.join(", ")}, then ${now}`;
}

/** Describe the steps at which a run restored earlier weights. @param {RunSummary} run */
function returns({ marks, stops }) {
  const asked = marks.filter(({ field }) => field === "weights");
  const steps = [...asked, ...stops.filter(({ restored }) => restored)].map(({ step }) => count(step));
  return steps.length === 0 ? "as trained" : `restored at step ${steps.join(", ")}`;
}

/** A run and its twins, itself first. @param {RunSummary} run @param {RunSummary[]} runs */
const family = (run, runs) => [run, ...runs.filter(({ id }) => run.twins.includes(id))];

/** "lr 0.1 vs 0.03"; nothing for a run without twins. @param {RunSummary} run @param {RunSummary[]} runs */
export function difference(run, runs) {
  if (run.twins.length === 0) return "";
  const all = family(run, runs);
  /** @param {string} word @param {(run: RunSummary) => string} value */
  const valuesOf = (word, value) => ({ word, values: [...new Set(all.map(value))] });
  const differing = [
    ...twinSettings().map((setting) => valuesOf(setting.short, (it) => course(it, setting.name, valueIn(it, setting)))),
    valuesOf("weights", returns),
    valuesOf("trained by", ({ code }) => codeWords(code)),
  ].filter(({ values }) => values.length > 1);
  if (all.some(({ marks }) => marks.length >= MAX_MARKS)) return "too many changes to list the differences";
  if (differing.length === 0) return "twin, no setting differs";
  return differing.map(({ word, values }) => `${word} ${values.join(" vs ")}`).join(", ");
}

/** The first twin of a run in the table. @param {RunSummary} run @param {RunSummary[]} runs */
export const twinOf = (run, runs) => runs.find(({ id }) => run.twins.includes(id));

/** Name the first setting of a twin that differs: "lr 0.3". @param {RunSummary} twin @param {RunSummary} run */
export function ownWords(twin, run) {
  const found = twinSettings().find((setting) => valueIn(twin, setting) !== valueIn(run, setting));
  if (found) return `${found.short} ${valueIn(twin, found)}`;
  return twin.code.trained_by === run.code.trained_by ? "twin" : codeWords(twin.code);
}

/** Describe what the hashes prove. @param {RunSummary} run @param {RunSummary[]} runs */
export function seal(run, runs) {
  if (run.proven === "batches") return "same start, same batches";
  if (run.proven === "order") return "same start, same order";
  if (run.proven === null) return "different start";
  const steps = family(run, runs).map(({ step }) => step);
  return `still catching up (${count(Math.min(...steps))} of ${count(Math.max(...steps))})`;
}

/** Whether the run has the seal. @param {RunSummary} run */
export const isSealed = ({ proven }) => proven === "batches" || proven === "order";
