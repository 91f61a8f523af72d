/** One batch, phase by phase: how far it has been revealed, and what of the network may be seen by then. */

/** @typedef {import("./api.d.ts").Moment} Moment */
/** @typedef {import("./api.d.ts").Phase} Phase */
/** @typedef {import("./api.d.ts").Phases} Phases */
/** @typedef {import("./api.d.ts").Tensor} Tensor */
/** What parameters show after their update. @typedef {"after" | "before" | "change"} Face */
/**
 * @typedef {object} Phasing
 * @property {Phases | null} answer null until the batch has been computed
 * @property {string} config  that the batch was computed with
 * @property {boolean} layered whether a step is one layer
 * @property {number} done    moments that are revealed
 * @property {number} from    how many were before the last step
 * @property {Face} face
 */
/**
 * A tensor as it may be seen: covered until it is computed, and of a parameter what its update did.
 * @typedef {Tensor & {covered?: boolean, update?: {before: Float32Array, after: Float32Array, change: Float32Array}, isChange?: boolean}} Shown
 */
/**
 * @typedef {object} Look
 * @property {(tensor: Tensor) => Shown} at
 * @property {Set<string>} fresh names of the tensors that were computed just now
 */

/** All moments in their order, each with its phase. @param {Phases} answer */
export const momentsOf = ({ phases }) => phases.flatMap((phase) => phase.moments.map((moment) => ({ phase, moment })));

/** How many moments are revealed after the next step. @param {Phasing & {answer: Phases}} phasing */
export function nextStop({ answer, done, layered }) {
  const all = momentsOf(answer);
  if (done >= all.length) return all.length;
  const end = all.findLastIndex(({ phase }) => phase === all[done].phase) + 1;
  return layered ? done + 1 : end;
}

/** How many were before the last one; the batch itself stays. @param {Phasing & {answer: Phases}} phasing */
export function lastStop({ answer, done, layered }) {
  const all = momentsOf(answer);
  const start = all.findIndex(({ phase }) => phase === all[done - 1].phase);
  return Math.max(1, layered ? done - 1 : start);
}

/** Whether the next step is the update. @param {Phasing & {answer: Phases}} phasing */
export const isUpdateNext = ({ answer, done }) => momentsOf(answer)[done]?.phase.phase === "update";

/** @param {Phasing} phasing @returns {phasing is Phasing & {answer: Phases}} */
export const isUnderWay = (phasing) => phasing.answer !== null;

/** What is told of the last step: one layer's moment, or the whole phase. @param {Phasing & {answer: Phases}} phasing @returns {{phase: Phase, told: Moment, fresh: string[]}} */
export function lastStep({ answer, from, done }) {
  const all = momentsOf(answer);
  const steps = all.slice(from, done);
  const { phase, moment } = all[done - 1];
  return { phase, told: steps.length === 1 ? moment : phase, fresh: steps.flatMap(({ moment }) => moment.tensors) };
}

/** What the update changed, where that is what parameters show. @param {Phasing | null} phasing @returns {NonNullable<Phases["changes"]> | null} */
export const changesShown = (phasing) => (phasing?.face === "change" ? (phasing.answer?.changes ?? null) : null);

/** @type {Look} */
const EVERYTHING = { at: (tensor) => tensor, fresh: new Set() };
/** The same tensor shall look the same until something changes. @type {WeakMap<Phasing, Look>} */
const looks = new WeakMap();

/** @param {Phasing | null} phasing @returns {Look} */
export function lookOf(phasing) {
  if (!phasing) return EVERYTHING;
  const known = looks.get(phasing) ?? (isUnderWay(phasing) ? look(phasing) : NOTHING_YET());
  looks.set(phasing, known);
  return known;
}

/** Only what was there before the batch: the parameters. @returns {Look} */
const NOTHING_YET = () => ({
  at: remembered((tensor) => (/(^|\/)(weights|biases)$/.test(tensor.name) ? tensor : covered(tensor))),
  fresh: new Set(),
});

/** @param {Phasing & {answer: Phases}} phasing @returns {Look} */
function look(phasing) {
  const all = momentsOf(phasing.answer).filter(({ phase }) => phase.phase !== "update");
  const later = new Set(all.slice(phasing.done).flatMap(({ moment }) => moment.tensors));
  const updates = new Map((phasing.answer.changes ?? []).map((change) => [change.name, change]));
  const at = remembered((tensor) => {
    const made = updates.get(tensor.name);
    if (!made) return later.has(tensor.name) ? covered(tensor) : tensor;
    const update = { before: made.before, after: tensor.data, change: made.change };
    return { ...tensor, data: update[phasing.face], update, isChange: phasing.face === "change" };
  });
  return { at, fresh: new Set(lastStep(phasing).fresh) };
}

/** @param {(tensor: Tensor) => Shown} make @returns {(tensor: Tensor) => Shown} */
function remembered(make) {
  /** @type {WeakMap<Tensor, Shown>} */
  const made = new WeakMap();
  return (tensor) => {
    const known = made.get(tensor) ?? make(tensor);
    made.set(tensor, known);
    return known;
  };
}

/** @param {Tensor} tensor @returns {Shown} nothing of its numbers is left */
const covered = ({ name, shape, data }) => ({ name, shape, data: new Float32Array(data.length), covered: true });
