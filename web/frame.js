/** A frame: every tensor of one step, packed into one array. */

/** @typedef {import("./api.d.ts").Frame} Frame */
/** @typedef {import("./api.d.ts").Layout} Layout */
/** @typedef {import("./store.js").Net} Net */

/**
 * The network in a frame. The tensors are views of the frame's own array: nothing is copied.
 * @param {Frame} frame
 * @param {Layout} layout  the frame's own, or the one it was last sent with
 * @returns {Net}
 */
export function unpack(frame, layout) {
  const tensors = (/** @type {Layout["forward"]} */ places) =>
    places.map(({ name, shape, offset }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return { name, shape, data: frame.values.subarray(offset, offset + size) };
    });
  return {
    run_id: frame.run_id,
    step: frame.step,
    forward: { tensors: tensors(layout.forward), scale: frame.forward_scale },
    backward: { tensors: tensors(layout.backward), scale: frame.backward_scale },
    optimizer: { tensors: tensors(layout.optimizer), scales: frame.optimizer_scales },
  };
}
