/** The place of the editor in a template: `<div ${editorOf(Editor, document, listener)}></div>`. */

import { Directive, directive, PartType } from "../vendor/lit-html/directive.js";
import { noChange } from "../vendor/lit-html/lit-html.js";

/** @import { ElementPart, PartInfo } from "../vendor/lit-html/directive.js" */
/** @import { Document, Editor, Listener } from "./editor.js" */

class EditorPlace extends Directive {
  /** @type {Editor | null} */
  #editor = null;
  /** @type {Element | null} */
  #host = null;

  /** @param {PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError("editorOf() stands inside a tag, beside its attributes");
  }

  /** @param {typeof Editor} _make @param {Document} _document @param {Listener} _listener */
  render(_make, _document, _listener) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {[typeof Editor, Document, Listener]} wanted */
  update({ element }, [Made, document, listener]) {
    if (this.#host !== element) this.#editor = new Made(/** @type {HTMLElement} */ (element), listener);
    this.#host = element;
    this.#editor?.show(document);
    return noChange;
  }
}

export const editorOf = directive(EditorPlace);
