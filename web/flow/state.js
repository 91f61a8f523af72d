/** Tensors whose distribution can be shown. */

/** @import { Net } from "../network/state.js" */

/** Return every tensor on the page. @param {Net | null} net */
export const tensorsOf = (net) =>
  net ? [...net.forward.tensors, ...net.backward.tensors, ...net.optimizer.tensors] : [];
