/** The menu of a matrix: right click, Shift F10, or the button of its caption. */

import { gridAt } from "../heatmap/aria_grid.js";
import { lookOf } from "../phases/state.js";
import { parts, placeTitle, title } from "../tensors/names.js";
import { openMenu } from "../ui/menu_view.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Net } from "./state.js" */

/** @param {State} state @param {Net} net @param {Actions} actions @returns {(event: Event) => boolean} whether the event has opened it */
export function menuOf(state, net, actions) {
  return (event) => {
    const asked = askedFor(event);
    if (!asked) return false;
    event.preventDefault();
    const { name, opener } = asked;
    const isAtPointer = event.type === "contextmenu" && event instanceof MouseEvent && event.clientX > 0;
    const at = isAtPointer ? { x: event.clientX, y: event.clientY } : undefined;
    const label = `Menu of ${title(name, layersOf(net))}`;
    openMenu(opener, { label, at, items: () => items(name, state, net, actions) });
    return true;
  };
}

/** The matrix whose menu an event asks for, and the element that gets the focus back. @param {Event} event */
function askedFor(event) {
  if (!(event.target instanceof HTMLElement)) return null;
  if (event.type === "click") {
    const opener = /** @type {HTMLElement | null} */ (event.target.closest("[data-menu]"));
    return opener && { name: opener.dataset.menu ?? "", opener };
  }
  if (!isAsked(event)) return null;
  const grid = gridAt(event.target);
  if (grid) return { name: grid.place.tensor, opener: grid.cell };
  // A long press on a caption.
  const opener = event.target.closest(".network-caption")?.querySelector("[data-menu]");
  return opener instanceof HTMLElement ? { name: opener.dataset.menu ?? "", opener } : null;
}

/** @param {Event} event */
function isAsked(event) {
  if (event.type === "contextmenu") return true;
  return event instanceof KeyboardEvent && (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey));
}

/** @param {Net} net */
const layersOf = ({ forward }) => forward.tensors.filter(({ name }) => /^layers\/\d+\/weights$/.test(name)).length;

/** @param {string} name @param {State} state @param {Net} net @param {Actions} actions */
function items(name, state, net, actions) {
  const { gradient, kind, vector } = parts(name);
  const words = title(name, layersOf(net));
  const look = lookOf(state.phases.phasing);
  const tensor = [...net.forward.tensors, ...net.backward.tensors].find((one) => one.name === name);
  const isLive = !net.recorded;
  const isSplit = isLive && gradient && kind === "weights" && tensor && !look.at(tensor).covered;
  const { cell } = state.network;
  const place = cell?.tensor === name ? cell : { tensor: name, row: 0, col: 0 };
  return [
    isLive && { label: "Look closely", name: `Look closely at ${words}`, act: () => actions.look.open(place) },
    vector || !isLive
      ? null
      : { label: "Distribution", name: `Distribution of ${words}`, act: () => actions.flow.showDistribution(name) },
    isSplit && { label: "Per sample", name: `Per sample: ${words}`, act: () => actions.lens.open(name) },
    isLive && { label: "Copy values (CSV)", act: () => actions.network.copyValues(name) },
    {
      label: "Shares its scale with",
      hint: sharers(name, state, layersOf(net)),
      act: () => actions.network.say(`${words} shares its scale with ${sharers(name, state, layersOf(net))}.`),
    },
  ];
}

/** @param {string} name @param {State} state @param {number} layers @returns {string} "the whole column" */
function sharers(name, { legend: { scales } }, layers) {
  const { gradient, place, vector } = parts(name);
  const { scope } = scales[vector ?? (gradient ? "backward" : "forward")];
  if (scope === "tensor") return "no other matrix";
  if (scope === "layer") return `all of ${placeTitle(place, layers).toLowerCase()}`;
  return vector ? "all of this state" : "the whole column";
}
