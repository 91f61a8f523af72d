/** The editor: CodeMirror in a shadow root, where the content policy lets it have a stylesheet. */

import {
  bracketMatching,
  Compartment,
  defaultKeymap,
  drawSelection,
  EditorState,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSelectionMatches,
  highlightSpecialChars,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  indentOnInput,
  indentUnit,
  keymap,
  lineNumbers,
  lintGutter,
  python,
  search,
  searchKeymap,
  setDiagnostics,
  unifiedMergeView,
} from "../vendor/codemirror/codemirror.js";
import { foldsOf } from "./editor_folds.js";
import { looks } from "./editor_theme.js";
import { folds } from "./folds.js";

/** @import { KeyBinding, ViewUpdate } from "@codemirror/view" */
/**
 * A file as it is shown.
 * @typedef {object} Document
 * @property {string} run  whose code it is
 * @property {string} file
 * @property {string} text
 * @property {string} ours
 * @property {boolean} isEditable
 * @property {boolean} isDiff  whether what differs from ours is marked
 * @property {{message: string, line: number | null} | null} error
 * @property {{file: string, line: number} | null} place  where the cursor shall be
 */
/** @typedef {{onType: (file: string, text: string) => void, onRun: () => void}} Listener */

/** Mark of a change that was not typed. */
const SHOWN = "show";

export class Editor {
  #view;
  #listener;
  /** One for each file, with its own history. @type {Map<string, EditorState>} */
  #states = new Map();
  /** @type {Document | null} */
  #shown = null;
  #mode = new Compartment();
  #diff = new Compartment();
  #folds = new Compartment();

  /** @param {HTMLElement} host @param {Listener} listener */
  constructor(host, listener) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.#listener = listener;
    this.#view = new EditorView({ root, parent: root });
    folds.watch(host, () => {
      this.#fold();
      this.#compare();
    });
    // Single keys of the page are off here, and so is its Escape.
    host.addEventListener("keydown", (event) => event.stopPropagation());
  }

  /** @param {Document} next */
  show(next) {
    const before = this.#shown;
    this.#shown = next;
    const isOther = before?.run !== next.run || before.file !== next.file;
    if (before && isOther) this.#states.set(before.file, this.#view.state);
    if (before?.run !== next.run) this.#states.clear();
    if (isOther) this.#view.setState(this.#states.get(next.file) ?? this.#begin(next));
    const state = isOther ? null : before;
    if (this.#replace(next.text) || isOther) this.#fold();
    if (state?.isEditable !== next.isEditable) this.#set(this.#mode, modeOf(next));
    if (state?.isDiff !== next.isDiff || state.ours !== next.ours) this.#compare();
    if (state?.error !== next.error) this.#mark(next.error);
    if (next.place && before?.place !== next.place) this.#go(next.place);
  }

  /** @param {Document} document */
  #begin(document) {
    return EditorState.create({
      doc: document.text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightSpecialChars(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of("    "),
        python(),
        search({ top: true }),
        looks,
        REPLACING,
        keymap.of([...this.#keys(), ...defaultKeymap, ...historyKeymap, ...searchKeymap]),
        EditorView.updateListener.of((update) => this.#follow(update)),
        this.#mode.of(modeOf(document)),
        this.#diff.of([]),
        this.#folds.of([]),
      ],
    });
  }

  /** @param {ViewUpdate} update */
  #follow({ docChanged, state, transactions, view }) {
    if (!docChanged || !this.#shown || transactions.some((each) => each.isUserEvent(SHOWN))) return;
    view.setTabFocusMode(false);
    this.#listener.onType(this.#shown.file, state.doc.toString());
  }

  /** @returns {KeyBinding[]} */
  #keys() {
    return [
      {
        key: "Mod-Enter",
        run: () => {
          this.#listener.onRun();
          return true;
        },
      },
      // After Escape, Tab leaves the editor until something is typed.
      {
        key: "Escape",
        run: (view) => {
          view.setTabFocusMode(true);
          return false;
        },
      },
      { key: "Tab", run: indentMore, shift: indentLess },
    ];
  }

  /** Show another text: of a revert, which can be undone as typing can. @param {string} text @returns {boolean} whether it is another one */
  #replace(text) {
    const { doc } = this.#view.state;
    if (doc.toString() === text) return false;
    this.#view.dispatch({ changes: changeOf(doc.toString(), text), userEvent: SHOWN });
    return true;
  }

  /** @param {Compartment} part @param {import("@codemirror/state").Extension} extension */
  #set(part, extension) {
    this.#view.dispatch({ effects: part.reconfigure(extension) });
  }

  /** Hide the lines that answer the open exercise. */
  #fold() {
    if (this.#shown) this.#set(this.#folds, foldsOf(this.#shown.file, this.#view.state.doc.toString()));
  }

  /** Mark what differs from ours, unless that would show an answer. */
  #compare() {
    if (!this.#shown) return;
    const { file, ours } = this.#shown;
    this.#set(this.#diff, folds.isTelling(file, ours) ? [] : diffOf(this.#shown));
  }

  /** @param {Document["error"]} error */
  #mark(error) {
    const { doc } = this.#view.state;
    const line = error?.line && error.line <= doc.lines ? doc.line(error.line) : null;
    const indent = line ? line.text.length - line.text.trimStart().length : 0;
    const marks =
      error && line
        ? [{ from: line.from + indent, to: line.to, severity: /** @type {const} */ ("error"), message: error.message }]
        : [];
    this.#view.dispatch(setDiagnostics(this.#view.state, marks));
    if (line) this.#view.dispatch({ effects: EditorView.scrollIntoView(line.from, { y: "nearest", yMargin: 24 }) });
  }

  /** Put cursor and keyboard into a line. @param {{line: number}} place */
  #go({ line }) {
    const { doc } = this.#view.state;
    const { from } = doc.line(Math.min(line, doc.lines));
    this.#view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    this.#view.focus();
  }
}

/** Replace selected text here: a browser gives what is typed its inline styles, which the content policy refuses. */
const REPLACING = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    const { state } = view;
    if (inputType !== "insertText" || data === null || view.composing || state.readOnly) return false;
    if (state.selection.main.empty) return false;
    view.dispatch(state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

/** @param {Document} document */
const modeOf = ({ file, isEditable }) => [
  EditorState.readOnly.of(!isEditable),
  EditorView.editable.of(isEditable),
  EditorView.contentAttributes.of({
    "aria-label": isEditable ? `${file}, your copy. Escape, then Tab leaves the editor` : `${file}, read only`,
    tabindex: "0",
  }),
];

/** @param {Document} document */
const diffOf = ({ ours, isDiff }) =>
  isDiff
    ? unifiedMergeView({ original: ours, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } })
    : [];

/** The smallest change from one text to another. @param {string} from @param {string} to */
function changeOf(from, to) {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  const rest = Math.min(from.length, to.length) - start;
  while (end < rest && from[from.length - 1 - end] === to[to.length - 1 - end]) end++;
  return { from: start, to: from.length - end, insert: to.slice(start, to.length - end) };
}
