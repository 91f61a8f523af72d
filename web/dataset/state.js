/** State of the dataset region. */

/** @import { DatasetView, Sample } from "../api.d.ts" */
/**
 * @typedef {object} DatasetState
 * @property {DatasetView | null} about
 * @property {{start: number, samples: Sample[]}} page  of the samples list
 */

/** @returns {DatasetState} */
export const initialDataset = () => ({ about: null, page: { start: 0, samples: [] } });
