/** Folded lines in the editor: they are not in the page, and are shown after a question. */

import { Decoration, EditorView, StateField, WidgetType } from "../vendor/codemirror/codemirror.js";
import { folds } from "./folds.js";

/** @import { Extension, Text } from "@codemirror/state" */

/** @param {string} file @param {string} text @returns {Extension} */
export function foldsOf(file, text) {
  const ranges = folds.in(file, text);
  if (!ranges.length) return [];
  return StateField.define({
    create: ({ doc }) => Decoration.set(ranges.map(({ first, last }) => folded(doc, first, last))),
    update: (decorations, { changes }) => decorations.map(changes),
    provide: (field) => EditorView.decorations.from(field),
  });
}

/** @param {Text} doc @param {number} first @param {number} last */
function folded(doc, first, last) {
  const widget = new FoldedLines(last - first + 1);
  return Decoration.replace({ widget, block: true }).range(doc.line(first).from, doc.line(last).to);
}

class FoldedLines extends WidgetType {
  /** @param {number} count */
  constructor(count) {
    super();
    this.count = count;
  }

  /** @override @param {FoldedLines} other */
  eq(other) {
    return other.count === this.count;
  }

  /** @override */
  toDOM() {
    const element = document.createElement("div");
    element.className = "cm-foldedLines";
    const words = this.count === 1 ? "1 line that answers" : `${this.count} lines that answer`;
    const show = button("Show …", () => {
      const keep = button("Not now", () => element.replaceChildren(...first));
      const sure = button("Show", () => folds.unfold());
      element.replaceChildren("Show them? Your progress notes it. ", sure, " ", keep);
      sure.focus();
    });
    const first = [`Hidden: ${words} the open exercise. `, show];
    element.append(...first);
    return element;
  }

  /** Its buttons are its own. @override */
  ignoreEvent() {
    return true;
  }
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}
