/** Runs out as files and links, and in as files: the menu of each run, the buttons beside New run, and what came of it. */

import { count } from "../draw/number.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { megabytes } from "../words.js";
import { isolated, quoted } from "./isolated.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../sharing.js").Outcome} Outcome */

/** @type {[import("../exporting.js").FileKind, string, string][]} */
const FILES = [
  ["run", "Run file", ".safetensors: all of it, to go on here or with python -m backprop"],
  ["pytorch", "PyTorch script", ".py: the model with its weights"],
  ["csv", "Loss history", ".csv: step, epoch, seconds, loss"],
];

/** Beside New run. @param {State} state @param {Actions} actions */
export function shareTools({ boot, runs }, actions) {
  const off = boot !== "ready";
  return html`
    ${importButton(off, actions)}
    <button type="button" ?disabled=${off} @click=${actions.copy_link}>Copy link</button>
    ${runs.length > 1 ? html`<button type="button" ?disabled=${off} @click=${actions.download_all}>Download all</button>` : nothing}
  `;
}

/** @param {boolean} off @param {Actions} actions */
function importButton(off, actions) {
  const take = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    actions.import_files(input.files ?? []);
    input.value = ""; // the same file can be chosen again
  };
  const choose = (/** @type {Event} */ event) =>
    /** @type {HTMLInputElement} */ (/** @type {Element} */ (event.currentTarget).nextElementSibling).click();
  // No `accept`: what a file is, its bytes say, and some systems do not know the ending.
  return html`
    <button type="button" title="Run files (.safetensors)" ?disabled=${off} @click=${choose}>Import</button>
    <input type="file" hidden multiple @change=${take} />
  `;
}

/**
 * The Download menu of a run.
 * @param {{id: string, name: string}} run @param {State} state @param {Actions} actions
 */
export function downloads({ id, name }, { boot }, actions) {
  const menu = `download-${id}`;
  // A popover: the table that it stands in scrolls, and would cut a menu off.
  return html`
    <button type="button" aria-label="Download ${name}" popovertarget=${menu} ?disabled=${boot !== "ready"}>Download</button>
    <div popover id=${menu} class="menu" role="group" aria-label="Download ${name}">
      ${FILES.map(
        ([kind, label, hint]) => html`
          <button type="button" popovertarget=${menu} popovertargetaction="hide" @click=${() => actions.download(id, kind)}>
            ${label} <small>${hint}</small>
          </button>
        `,
      )}
    </div>
  `;
}

/** Over the whole page, while a file is dragged over it. @param {State} state */
export const dropTarget = ({ sharing: { dragging } }) =>
  dragging ? html`<div class="drop"><p>Drop run files to import them</p></div>` : nothing;

/** What came of it. @param {State} state @param {Actions} actions */
export function shared({ sharing: { reading, outcomes } }, actions) {
  if (!reading && outcomes.length === 0) return nothing;
  return html`
    <div class="message shared">
      ${reading ? progress(reading) : nothing}
      <ul tabindex=${outcomes.length > 3 ? "0" : nothing}>${outcomes.map((outcome) => html`<li>${words(outcome, actions)}</li>`)}</ul>
      <button type="button" @click=${actions.dismiss_shared}>Dismiss</button>
    </div>
  `;
}

/** @param {NonNullable<State["sharing"]["reading"]>} reading */
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
      return html`${quoted(outcome.file)} was not imported. ${ended(outcome.why)}`;
    case "opened":
      return html`${opened(outcome)}`;
    case "link":
      return outcome.copied
        ? "Link copied. Whoever opens it gets a run with this configuration, untrained."
        : linkField(outcome.url);
    case "notice":
      return isolated(outcome.text);
  }
}

/** @param {string} id @param {Actions} actions */
const show = (id, actions) => html`<button type="button" @click=${() => actions.show_shared(id)}>Show it</button>`;

/** @param {{name: string, step: number | null}} outcome */
function opened({ name, step }) {
  if (step === null) return html`${quoted(name)} was made from the link: untrained, and ready for Play.`;
  return html`The link’s run is here already: ${quoted(name)}, at step ${count(step)}.`;
}

/** Selected, to be copied by hand. @param {string} url */
function linkField(url) {
  const select = (/** @type {Element | undefined} */ element) =>
    element instanceof HTMLInputElement && document.activeElement !== element && element.select();
  return html`
    <label>
      The browser does not let this page copy. Here is the link, selected:
      <input type="text" readonly data-focus="link" .value=${url} ${ref(select)} />
    </label>
  `;
}

/** @param {string} sentence */
const ended = (sentence) => sentence.replace(/([^.])$/, "$1.");
