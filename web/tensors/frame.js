/** A frame: every tensor of one step, unpacked from one array. */

/** @import { Frame, Layout } from "../api.d.ts" */
/** @import { Net } from "../network/state.js" */

/**
 * Unpack a frame. The tensors are views of the frame's array; nothing is copied.
 * @param {Pick<Frame, "run_id" | "step" | "values" | "forward_scale" | "backward_scale" | "optimizer_scales">} frame
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
