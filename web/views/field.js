/** Fields: a label, what is typed or chosen, a hint, and beside it the sentence with which Python refused it. */

import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../store.js").Refusal} Refusal */
/**
 * @typedef {object} Field
 * @property {string} name      unique on the page; what `data-focus` finds
 * @property {string} label
 * @property {string} value
 * @property {(text: string) => unknown} commit
 * @property {string} [hint]
 * @property {Refusal | null} [refusal]
 * @property {boolean} [disabled]
 */

/** @param {string} name */
const identifier = (name) => `field-${name.replace(/\W/g, "-")}`;

/** @param {Field} field */
function notes({ name, hint, refusal }) {
  const id = identifier(name);
  return html`
    ${hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}
    <span class="refusal" id="${id}-refusal" role="alert">${refusal ? refusal.message : nothing}</span>
  `;
}

/** @param {Field} field */
function describedBy({ name, hint, refusal }) {
  const ids = [...(refusal ? ["refusal"] : []), ...(hint ? ["hint"] : [])].map((part) => `${identifier(name)}-${part}`);
  return ids.join(" ") || undefined;
}

/**
 * A line of text. It is committed by Enter, by leaving it, or by `onKey`; or at every keystroke if `live`.
 * @param {Field & {live?: boolean, numeric?: boolean, onKey?: (event: KeyboardEvent) => unknown}} field
 */
export function text(field) {
  const { name, label, value, refusal, commit, live, numeric, disabled, onKey } = field;
  const id = identifier(name);
  const act = (/** @type {Event} */ event) => commit(/** @type {HTMLInputElement} */ (event.target).value);
  return html`
    <p class="field">
      <label for=${id}>${label}</label>
      <input
        id=${id}
        data-focus=${name}
        type="text"
        autocomplete="off"
        spellcheck="false"
        inputmode=${numeric ? "decimal" : "text"}
        aria-invalid=${refusal ? "true" : "false"}
        aria-describedby=${ifDefined(describedBy(field))}
        ?disabled=${disabled}
        .value=${refusal && !live ? refusal.typed : value}
        @keydown=${onKey ?? nothing}
        @change=${live ? nothing : act}
        @input=${live ? act : nothing}
      />
      ${notes(field)}
    </p>
  `;
}

/** Several lines of text, live. @param {Field & {rows: number}} field */
export function lines(field) {
  const { name, label, value, refusal, commit, rows } = field;
  const id = identifier(name);
  return html`
    <p class="field wide">
      <label for=${id}>${label}</label>
      <textarea
        id=${id}
        data-focus=${name}
        rows=${rows}
        spellcheck="false"
        aria-invalid=${refusal ? "true" : "false"}
        aria-describedby=${ifDefined(describedBy(field))}
        .value=${value}
        @input=${(/** @type {Event} */ event) => commit(/** @type {HTMLTextAreaElement} */ (event.target).value)}
      ></textarea>
      ${notes(field)}
    </p>
  `;
}

/** One of a few. @param {Field & {options: Record<string, string>}} field */
export function choice(field) {
  const { name, label, value, refusal, options, commit, disabled } = field;
  const id = identifier(name);
  return html`
    <p class="field">
      <label for=${id}>${label}</label>
      <select
        id=${id}
        data-focus=${name}
        aria-invalid=${refusal ? "true" : "false"}
        aria-describedby=${ifDefined(describedBy(field))}
        ?disabled=${disabled}
        @change=${(/** @type {Event} */ event) => commit(/** @type {HTMLSelectElement} */ (event.target).value)}
      >
        ${Object.entries(options).map(([key, words]) => html`<option value=${key} .selected=${key === value}>${words}</option>`)}
      </select>
      ${notes(field)}
    </p>
  `;
}
