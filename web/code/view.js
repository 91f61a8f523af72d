/** The Code panel: files of the mathematics, the editor, and the results of the check. */

import { opensMenu } from "../ui/menu_view.js";
import { roam } from "../ui/roam.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { aside } from "./aside_view.js";
import { editorOf } from "./editor_view.js";
import { inOrder, isChanged, isEditable, isRunnable, textOf } from "./state.js";

/** @import { CodeFile } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Entry } from "../ui/menu_view.js" */
/** @import { CodeState } from "./state.js" */

/** @param {State} state @param {Actions} actions */
export function code(state, actions) {
  const { editor, answer, file } = state.code;
  const files = inOrder(answer?.files ?? []);
  const chosen = files.find((each) => each.file === file);
  if (!editor || !answer || !chosen)
    return html`<p class="waiting" translate="yes">The Python that computes every number here.</p>`;
  return html`
    <div class="code-panel">
      <div class="code-head">
        <div class="code-files" role="tablist" aria-label="Files" @keydown=${roam}>
          ${files.map((each) => fileTab(each, state.code, actions))}
        </div>
        ${tools(state, files, actions)}
      </div>
      <div class="code-body">
        <div
          class="code-editor"
          role="tabpanel"
          id="code-editor"
          aria-labelledby=${tabId(file)}
          ${editorOf(editor, documentOf(state.code, chosen), { onType: actions.code.type, onRun: actions.code.run })}
        ></div>
        ${aside(state, actions)}
      </div>
    </div>
  `;
}

/** @param {CodeState} code @param {CodeFile} chosen */
function documentOf(code, chosen) {
  const { answer, isDiff, place } = code;
  const { file, ours } = chosen;
  return {
    run: answer?.run_id ?? "",
    file,
    text: textOf(code, chosen),
    ours,
    isEditable: isEditable(code),
    isDiff: isDiff && isChanged(code, chosen),
    error: answer?.error?.file === file ? answer.error : null,
    place: place?.file === file ? place : null,
  };
}

/** @param {string} file */
const tabId = (file) => `code-file-${file.replace(".py", "")}`;

/** @param {CodeFile} each @param {CodeState} code @param {Actions} actions */
function fileTab(each, code, actions) {
  const { file } = each;
  const isChosen = file === code.file;
  return html`
    <button
      type="button"
      role="tab"
      id=${tabId(file)}
      aria-controls="code-editor"
      aria-selected=${isChosen ? "true" : "false"}
      tabindex=${isChosen ? 0 : -1}
      @click=${() => actions.code.choose(file)}
    >${file}${isChanged(code, each) ? html`<span class="code-changed" title="Edited"><span class="vh">, edited</span></span>` : nothing}</button>
  `;
}

/** @param {State} state @param {CodeFile[]} files @param {Actions} actions */
function tools(state, files, actions) {
  const { code, saving } = state;
  if (state.run && saving.elsewhere.includes(state.run.id)) return nothing;
  const isAny = files.some((each) => isChanged(code, each));
  if (!isEditable(code) && code.answer?.trained_by === "ours")
    return html`<div class="code-tools"><button type="button" @click=${actions.code.copy}>Edit my copy</button></div>`;
  const reason = isRunnable(code) ? "Train with this code  Ctrl ↵" : "Nothing has changed since the last run";
  return html`
    <div class="code-tools">
      ${isEditable(code) ? nothing : html`<button type="button" @click=${actions.code.copy}>Edit my copy</button>`}
      ${isAny ? html`<button type="button" aria-pressed=${code.isDiff ? "true" : "false"} title="Show what differs from ours" @click=${actions.code.toggleDiff}>Diff</button>` : nothing}
      ${isAny ? html`<button type="button" ${opensMenu({ label: "Revert", align: "end", items: () => reverts(code, files, actions) })}>Revert</button>` : nothing}
      ${mayHang(state) ? html`<button type="button" title="End Python at once, and bring every run back as it was saved" @click=${actions.code.stop}>Stop</button>` : nothing}
      <button
        type="button"
        class="primary code-run"
        aria-disabled=${isRunnable(code) && code.busy !== "run" ? nothing : "true"}
        title=${reason}
        @click=${() => isRunnable(code) && actions.code.run()}
      >Run <kbd translate="no" aria-hidden="true">Ctrl ↵</kbd></button>
    </div>
  `;
}

/** Whether the person's code is at work, which may never end. @param {State} state */
const mayHang = ({ code, run, training }) =>
  code.busy !== null || (run?.code.trained_by === "mine" && training.playing);

/** @param {CodeState} code @param {CodeFile[]} files @param {Actions} actions @returns {Entry[]} */
function reverts(code, files, actions) {
  const changed = files.filter((each) => isChanged(code, each));
  return [
    ...changed.map(({ file }) => ({ label: `Revert ${file} to ours`, act: () => actions.code.revert(file) })),
    changed.length > 1 && "separator",
    changed.length > 1 && { label: "Revert all files", act: () => actions.code.revert() },
  ];
}
