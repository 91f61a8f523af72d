/** Import, Copy link, Download all, and messages about files. */

import { isolated, quoted } from "../ui/bidi.js";
import { megabytes } from "../ui/format.js";
import { count } from "../ui/number.js";
import { reason } from "../ui/reason.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { shownName } from "./text.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Outcome } from "./actions.js" */

/** Beside New run. @param {State} state @param {Actions} actions */
export function shareTools({ page: { boot }, runs: { list: runs } }, actions) {
  const off = boot !== "ready";
  return html`
    ${importButton(off, actions)}
    <button type="button" ?disabled=${off} @click=${actions.share.copyLink}>Copy link</button>
    ${runs.length > 1 ? html`<button type="button" ?disabled=${off} @click=${actions.share.downloadAll}>Download all</button>` : nothing}
  `;
}

/** @param {boolean} off @param {Actions} actions */
function importButton(off, actions) {
  const take = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    actions.share.importFiles(input.files ?? []);
    input.value = ""; // the same file can be chosen again
  };
  const choose = (/** @type {Event} */ event) =>
    /** @type {HTMLInputElement} */ (/** @type {Element} */ (event.currentTarget).nextElementSibling).click();
  // No `accept`: the bytes identify a file, and some systems do not know the extension.
  return html`
    <button type="button" title="Run files (.safetensors)" ?disabled=${off} @click=${choose}>Import</button>
    <input type="file" hidden multiple @change=${take} />
  `;
}

/** Overlay shown while a file is dragged over the page. @param {State} state */
export const dropTarget = ({
  share: {
    sharing: { dragging },
  },
}) => (dragging ? html`<div class="drop"><p>Drop run files to import them</p></div>` : nothing);

/** Results of sharing. @param {State} state @param {Actions} actions */
export function shared(
  {
    share: {
      sharing: { reading, outcomes },
    },
  },
  actions,
) {
  if (!reading && outcomes.length === 0) return nothing;
  return html`
    <div class="message shared">
      ${reading ? progress(reading) : nothing}
      <ul tabindex=${outcomes.length > 3 ? "0" : nothing}>${outcomes.map((outcome) => html`<li>${words(outcome, actions)}</li>`)}</ul>
      <button type="button" @click=${actions.share.dismiss}>Dismiss</button>
    </div>
  `;
}

/** Confirmation of a link that opens a run. @param {State} state @param {Actions} actions */
export function question(
  {
    share: {
      sharing: { asked },
    },
  },
  actions,
) {
  if (!asked) return nothing;
  const name = shownName(asked.name);
  return html`
    <div class="message shared">
      <p>A link wants to open a run${name ? html`: ${quoted(name)}` : nothing}.</p>
      <button type="button" class="primary" @click=${actions.share.openAsked}>Open it</button>
      <button type="button" @click=${actions.share.ignoreAsked}>Ignore</button>
    </div>
  `;
}

/** @param {NonNullable<State["share"]["sharing"]["reading"]>} reading */
function progress({ file, loaded, total }) {
  return html`
    <p>Reading ${quoted(file)}: ${megabytes(loaded)} of ${megabytes(total)} MB</p>
    <progress aria-label="Reading of the file" max=${total} .value=${loaded}></progress>
  `;
}

/** @param {Outcome} outcome @param {Actions} actions */
function words(outcome, actions) {
  switch (outcome.kind) {
    case "imported":
      return html`Imported ${quoted(outcome.name)} as ${quoted(outcome.as)}. ${show(outcome.id, actions)}`;
    case "refused":
      return html`${quoted(outcome.file)} was not imported${reason(outcome.why)}`;
    case "opened":
      return html`${opened(outcome)}`;
    case "link":
      return outcome.copied
        ? "Link copied. It opens an untrained run with this configuration."
        : linkField(outcome.url);
    case "notice":
      return isolated(outcome.text);
  }
}

/** @param {string} id @param {Actions} actions */
const show = (id, actions) => html`<button type="button" @click=${() => actions.share.show(id)}>Show it</button>`;

/** @param {{name: string, step: number | null}} outcome */
function opened({ name, step }) {
  if (step === null) return html`${quoted(name)} was created from the link, untrained and ready for Play.`;
  return html`The run of this link already exists: ${quoted(name)}, at step ${count(step)}.`;
}

/** Selected, to be copied by hand. @param {string} url */
function linkField(url) {
  const select = (/** @type {Element | undefined} */ element) =>
    element instanceof HTMLInputElement && document.activeElement !== element && element.select();
  return html`
    <label>
      The browser blocked copying. Here is the link, selected:
      <input type="text" readonly data-focus="link" .value=${url} ${ref(select)} />
    </label>
  `;
}
