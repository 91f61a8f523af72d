/** Stages of the network: layers, embedding and inputs, with the tensors that belong to each. */

import { parts, placeTitle } from "../tensors/names.js";

/** @import { Tensor } from "../api.d.ts" */
/** @typedef {{title: string, place: string, slots: string[][]}} Stage a layer, the embedding or the inputs; a slot holds a matrix and its biases */

/** Group the tensors of the forward pass by place, biases with their weights. @param {Tensor[]} tensors @returns {Stage[]} */
export function staged(tensors) {
  const layers =
    new Set(tensors.map(({ name }) => parts(name).layer)).size - (parts(tensors[0].name).layer === null ? 1 : 0);
  /** @type {Map<string, Stage>} */
  const stages = new Map();
  for (const { name } of tensors) {
    const { place, kind } = parts(name);
    const stage = stages.get(place) ?? { title: placeTitle(place, layers), place, slots: [] };
    stages.set(place, stage);
    if (kind === "biases") stage.slots[stage.slots.length - 1].push(name);
    else stage.slots.push([name]);
  }
  return [...stages.values()];
}

/** Number of grid rows: a heading, and a caption and a matrix for each slot. @param {Stage} stage */
export function rowsOf({ slots }) {
  return 1 + 2 * slots.length;
}
