/** The Code panel: the files of the mathematics as the interpreter runs them. */

import { roam } from "../ui/roam.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { editorOf } from "./editor_view.js";
import { chosenFile } from "./state.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function code(state, actions) {
  const { editor, place, files } = state.code;
  const chosen = chosenFile(state.code);
  if (!editor || !chosen)
    return html`<p class="waiting" translate="yes">The Python that computes every number here.</p>`;
  const { file, ours } = chosen;
  const document = { run: "", file, text: ours, ours, isEditable: false, isDiff: false, error: null, place };
  return html`
    <div class="code">
      <div class="code-head">
        <div class="code-files" role="tablist" aria-label="Files" @keydown=${roam}>
          ${files.map((each) => fileTab(each.file, each.file === file, actions))}
        </div>
      </div>
      <div class="code-body">
        <div
          class="code-editor"
          role="tabpanel"
          id="code-editor"
          aria-labelledby=${tabId(file)}
          ${editorOf(editor, document, { onType() {}, onRun() {} })}
        ></div>
      </div>
    </div>
  `;
}

/** @param {string} file */
const tabId = (file) => `code-file-${file.replace(".py", "")}`;

/** @param {string} file @param {boolean} isChosen @param {Actions} actions */
function fileTab(file, isChosen, actions) {
  return html`
    <button
      type="button"
      role="tab"
      id=${tabId(file)}
      aria-controls="code-editor"
      aria-selected=${isChosen ? "true" : "false"}
      tabindex=${isChosen ? 0 : -1}
      @click=${() => actions.code.choose(file)}
    >${file}</button>
  `;
}
