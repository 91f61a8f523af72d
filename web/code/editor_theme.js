/** Looks of the editor; its colours are custom properties of code.css. */

import { EditorView, HighlightStyle, syntaxHighlighting, tags } from "../vendor/codemirror/codemirror.js";

const THEME = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    lineHeight: "1.5",
    overflow: "auto",
    scrollbarColor: "var(--edge) transparent",
    scrollbarWidth: "thin",
  },
  ".cm-content": { padding: "4px 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "1.5px" },
  ".cm-gutters": { border: "none", backgroundColor: "var(--surface)", color: "var(--faint)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--select)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--code-selection)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--hover)", outline: "none" },
  ".cm-searchMatch": { backgroundColor: "var(--code-found)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--code-found)", outline: "1px solid var(--ink)" },
  ".cm-selectionMatch": { backgroundColor: "var(--hover)" },
  ".cm-panels": { borderColor: "var(--line)", backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-panels.cm-panels-top, .cm-panels.cm-panels-bottom": { borderColor: "var(--line)" },
  ".cm-panel.cm-search": { fontFamily: "var(--sans)", fontSize: "12px", padding: "4px 28px 4px 8px" },
  ".cm-textfield": {
    border: "1px solid var(--control)",
    borderRadius: "5px",
    backgroundColor: "var(--raised)",
    color: "inherit",
    padding: "2px 6px",
  },
  ".cm-button": {
    border: "1px solid var(--edge)",
    borderRadius: "5px",
    backgroundColor: "transparent",
    backgroundImage: "none",
    color: "inherit",
    padding: "2px 8px",
  },
  ".cm-panel.cm-search [name=close]": { color: "inherit", fontSize: "16px", minWidth: "24px", minHeight: "24px" },
  ":focus-visible": { outline: "2px solid var(--focus)", outlineOffset: "1px" },
  ".cm-content:focus-visible": { outline: "none" },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "7px",
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    fontFamily: "var(--sans)",
    fontSize: "12.5px",
  },
  ".cm-diagnostic": { padding: "6px 10px", whiteSpace: "normal" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-lint-marker-error": { content: "none" },
  ".cm-lint-marker": { width: "auto", height: "auto" },
  ".cm-lint-marker-error::before": { content: '"✕"', color: "var(--bad)", fontSize: "11px", fontWeight: "700" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-changedLine, &.cm-merge-b .cm-changedLine, .cm-inlineChangedLine": { backgroundColor: "var(--code-added)" },
  ".cm-changedText, &.cm-merge-b .cm-changedText": { background: "var(--code-added-text)", borderRadius: "2px" },
  ".cm-deletedChunk": { backgroundColor: "var(--code-deleted)", paddingLeft: "6px" },
  ".cm-deletedChunk .cm-deletedText, .cm-deletedText": { background: "var(--code-deleted-text)" },
  ".cm-deletedLine, .cm-deletedLine del": { textDecoration: "none" },
  ".cm-changeGutter": { width: "3px", paddingLeft: "1px" },
  ".cm-changedLineGutter": { background: "var(--good)" },
  ".cm-deletedLineGutter": { background: "var(--bad)" },
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--code-keyword)" },
  {
    tag: [tags.definition(tags.variableName), tags.function(tags.definition(tags.variableName))],
    color: "var(--code-name)",
  },
  { tag: [tags.definition(tags.className), tags.className], color: "var(--code-name)" },
  { tag: [tags.string, tags.docString], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.self], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: tags.meta, color: "var(--muted)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

export const looks = [THEME, syntaxHighlighting(COLOURS)];
