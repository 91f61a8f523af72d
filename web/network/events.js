/** Pointer, keys and wheel over the network. */

import { gridAt } from "../heatmap/aria_grid.js";
import { cursor } from "../heatmap/pointer.js";
import { lookOf } from "../phases/state.js";
import { baseName } from "../tensors/names.js";
import { holding } from "./hold.js";
import { keyOf } from "./keys.js";
import { menuOf } from "./matrix_menu.js";
import { planFor } from "./stage.js";
import { wheelOf } from "./wheel.js";
import { pageOf } from "./windows.js";

/** @import { Listener } from "../heatmap/pointer.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Net } from "./state.js" */

/** @param {State} state @param {Net} net @param {Actions} actions */
export function listening(state, net, actions) {
  const plan = planFor(state, net);
  const { showCell } = actions.network;
  const onCells = cursor({
    showCell,
    ask: askingOf(state, net, actions),
    pageOf: (tensor) => pageOf(plan, baseName(tensor)),
  });
  const onHold = holding(actions.network);
  const onKey = keyOf({
    plan,
    windows: state.network.windows,
    isExplained: state.explain.why !== null,
    show: showCell,
  });
  const onMenu = menuOf(state, net, actions);
  return {
    onEvent: (/** @type {Event} */ event) => {
      if (event.type === "dblclick") return lookAt(event, actions);
      // A press puts the focus on the block, before the click moves it to the cell.
      const isOfBlock = event.target instanceof Element && event.target.matches(".network-block");
      if ((event instanceof FocusEvent && isOfBlock) || onHold(event) || onMenu(event)) return;
      if (event instanceof KeyboardEvent && onKey(event)) return;
      onCells(event);
    },
    onTouch: { handleEvent: onHold, passive: false },
    onWheel: { handleEvent: wheelOf(plan, state.network.windows, actions), passive: false },
  };
}

/** The first click has moved the keyboard to the cell. @param {Event} event @param {Actions} actions */
function lookAt({ target }, { look }) {
  const grid = gridAt(target);
  if (grid) look.open(grid.place);
}

/** Explain a cell, unless it is not computed yet. @param {State} state @param {Net} net @param {Actions} actions @returns {Listener["ask"]} */
export function askingOf({ phases: { phasing } }, net, { explain, phases }) {
  const look = lookOf(phasing);
  return (cell, byKeyboard) => {
    const tensors = [...net.forward.tensors, ...net.backward.tensors];
    const isCovered = tensors.some((tensor) => tensor.name === cell.tensor && look.at(tensor).covered);
    return isCovered ? phases.sayNotComputed() : explain.ask(cell, byKeyboard);
  };
}
