/** State of one batch, phase by phase: the current phase, and the visible tensors. */

import { columnOf } from "../color/column_scale.js";
import { memoize } from "../ui/memo.js";

/** @import { Moment, Numbers, Phase, Phases, Tensor } from "../api.d.ts" */
/** Value shown for parameters after their update. @typedef {"after" | "before" | "change"} ParameterView */
/**
 * @typedef {object} PhaseProgress
 * @property {Phases | null} answer null until the batch has been computed
 * @property {string} config  that the batch was computed with
 * @property {boolean} layered whether a step is one layer
 * @property {number} done    number of revealed moments
 * @property {number} from    number revealed before the last step
 * @property {ParameterView} face
 */
/**
 * A tensor as shown: covered until computed, or for another reason, `why`; of a parameter, with its update.
 * @typedef {Tensor & {covered?: boolean, update?: {before: Numbers, after: Numbers, change: Numbers}, isChange?: boolean, isDifference?: boolean, why?: string}} Shown
 */
/**
 * @typedef {object} Look
 * @property {(tensor: Tensor) => Shown} at
 * @property {Set<string>} fresh names of the tensors just computed
 */

/** Return all moments in order, each with its phase. @param {Phases} answer */
export const momentsOf = ({ phases }) => phases.flatMap((phase) => phase.moments.map((moment) => ({ phase, moment })));

/** Number of revealed moments after the next step. @param {PhaseProgress & {answer: Phases}} phasing */
export function nextStop({ answer, done, layered }) {
  const all = momentsOf(answer);
  if (done >= all.length) return all.length;
  const end = all.findLastIndex(({ phase }) => phase === all[done].phase) + 1;
  return layered ? done + 1 : end;
}

/** Number of revealed moments before the last step; the batch itself stays. @param {PhaseProgress & {answer: Phases}} phasing */
export function lastStop({ answer, done, layered }) {
  const all = momentsOf(answer);
  const start = all.findIndex(({ phase }) => phase === all[done - 1].phase);
  return Math.max(1, layered ? done - 1 : start);
}

/** Whether the next step is the update. @param {PhaseProgress & {answer: Phases}} phasing */
export const isUpdateNext = ({ answer, done }) => momentsOf(answer)[done]?.phase.phase === "update";

/** @param {PhaseProgress} phasing @returns {phasing is PhaseProgress & {answer: Phases}} */
export const isUnderWay = (phasing) => phasing.answer !== null;

/** Return the description of the last step: one layer's moment, or the whole phase. @param {PhaseProgress & {answer: Phases}} phasing @returns {{phase: Phase, described: Moment, fresh: string[]}} */
export function lastStep({ answer, from, done }) {
  const all = momentsOf(answer);
  const steps = all.slice(from, done);
  const { phase, moment } = all[done - 1];
  return {
    phase,
    described: steps.length === 1 ? moment : phase,
    fresh: steps.flatMap(({ moment }) => moment.tensors),
  };
}

/** Changes of the update, if parameters show them. @param {PhaseProgress | null} phasing @returns {NonNullable<Phases["changes"]> | null} */
export const changesShown = (phasing) => (phasing?.face === "change" ? (phasing.answer?.changes ?? null) : null);

/** Column of the changes, much smaller than the parameters. */
export const changesColumn = memoize((/** @type {NonNullable<Phases["changes"]>} */ changes) =>
  columnOf(changes.map(({ name, change }) => ({ name, shape: [change.length], data: change }))),
);

/** @type {Look} */
const EVERYTHING = { at: (tensor) => tensor, fresh: new Set() };
/** Cached, so that an unchanged tensor stays the same object. @type {WeakMap<PhaseProgress, Look>} */
const looks = new WeakMap();

/** @param {PhaseProgress | null} phasing @returns {Look} */
export function lookOf(phasing) {
  if (!phasing) return EVERYTHING;
  const known = looks.get(phasing) ?? (isUnderWay(phasing) ? look(phasing) : NOTHING_YET());
  looks.set(phasing, known);
  return known;
}

/** Show the parameters only: nothing else exists before the batch. @returns {Look} */
const NOTHING_YET = () => ({
  at: memoizedLook((tensor) => (/(^|\/)(weights|biases)$/.test(tensor.name) ? tensor : covered(tensor))),
  fresh: new Set(),
});

/** @param {PhaseProgress & {answer: Phases}} phasing @returns {Look} */
function look(phasing) {
  const all = momentsOf(phasing.answer).filter(({ phase }) => phase.phase !== "update");
  const later = new Set(all.slice(phasing.done).flatMap(({ moment }) => moment.tensors));
  const updates = new Map((phasing.answer.changes ?? []).map((change) => [change.name, change]));
  const at = memoizedLook((tensor) => {
    const made = updates.get(tensor.name);
    if (!made) return later.has(tensor.name) ? covered(tensor) : tensor;
    const update = { before: made.before, after: tensor.data, change: made.change };
    return { ...tensor, data: update[phasing.face], update, isChange: phasing.face === "change" };
  });
  return { at, fresh: new Set(lastStep(phasing).fresh) };
}

/** @param {(tensor: Tensor) => Shown} make @returns {(tensor: Tensor) => Shown} */
function memoizedLook(make) {
  /** @type {WeakMap<Tensor, Shown>} */
  const made = new WeakMap();
  return (tensor) => {
    const known = made.get(tensor) ?? make(tensor);
    made.set(tensor, known);
    return known;
  };
}

/** @param {Tensor} tensor @returns {Shown} without its values */
const covered = ({ name, shape, data }) => ({ name, shape, data: new Float32Array(data.length), covered: true });
