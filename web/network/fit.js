/** The size that cells of a planned network will have, in words. */

import { arrange } from "./plan.js";
import { spaceOf, USUAL } from "./stage.js";

/** @import { Plan } from "../api.d.ts" */
/** @import { Arrangement } from "./plan.js" */
/** @import { Stage } from "./state.js" */

/** @param {Plan} plan of a new run @param {Stage | null} stage @returns {string} "fits: 7 px" */
export function fitWords({ shape, num_train, config: { dataset, trainer } }, stage) {
  const isEmbedded = dataset.encoding === "embedding";
  const positions = shape[0] / dataset.embedding_dim;
  const embedding = { tokens: dataset.vocabulary.length, size: dataset.embedding_dim, positions };
  const net = {
    widths: shape,
    batch: Math.min(trainer.batch_size, num_train),
    embedding: isEmbedded ? embedding : null,
  };
  return describeFit(arrange(net, spaceOf(stage ?? USUAL, null)), stage?.phone ?? false);
}

/** @param {Arrangement} arrangement @param {boolean} phone @returns {string} "large: wide layers are shown at 1 px" */
export function describeFit({ cell, rows, samples, fits }, phone) {
  const axes = rows.flat().flatMap(({ columns, rows: down }) => [columns, down]);
  const least = Math.min(...axes.filter(({ units }) => units > 0).map(({ pitch }) => pitch));
  if (axes.some(({ units, shown }) => shown < units)) return "large: wide layers are shown in part";
  if (least < cell) return `large: wide layers are shown at ${least} px`;
  if (samples.shown < samples.units) return `large: ${samples.shown} samples are shown at a time`;
  return fits && !phone ? `fits: ${cell} px` : `cells of ${cell} px`;
}
