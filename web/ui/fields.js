/** Form fields: label, input, hint, and Python's message if it refuses the value. */

import { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { isWhole, tidied } from "./typed.js";

/** @import { Refusal } from "../training/state.js" */
/**
 * @typedef {object} Field
 * @property {string} name      unique on the page; the `data-focus` target
 * @property {string} label
 * @property {string} value
 * @property {(text: string) => unknown} commit
 * @property {string} [hint]
 * @property {string} [subject]  the field's name in a refusal, if not its label
 * @property {Refusal | null} [refusal]
 * @property {boolean} [disabled]
 * @property {string} [placeholder]
 */

/** Text that the browser may translate: keyed, because translation replaces the text node. @param {string} words */
export const fresh = (words) => keyed(words, words);

/** @param {string} name */
const identifier = (name) => `field-${name.replace(/\W/g, "-")}`;

/**
 * Return a refusal as a sentence about its field. Python's begins with the name on the wire: "trainer.batch_size must be …".
 * @param {string} message @param {string} subject  the field's label @returns {string} "Batch size must be …."
 */
export const refusalWords = (message, subject) =>
  message.replace(/^[a-z][\w.]*(?= must )/, () => subject).replace(/[^.?!]$/, "$&.");

/** @param {Field} field */
function notes({ name, label, subject = label, hint, refusal }) {
  const id = identifier(name);
  return html`
    ${hint ? html`<span class="hint" id="${id}-hint" translate=${/\d/.test(hint) ? "no" : nothing}>${fresh(hint)}</span>` : nothing}
    <span class="refusal" id="${id}-refusal" role="alert" translate="no">${refusal ? refusalWords(refusal.message, subject) : nothing}</span>
  `;
}

/** @param {Field} field */
function describedBy({ name, hint, refusal }) {
  const ids = [...(refusal ? ["refusal"] : []), ...(hint ? ["hint"] : [])].map((part) => `${identifier(name)}-${part}`);
  return ids.join(" ") || undefined;
}

/**
 * A line of text, committed by Enter, by leaving it or by `onKey`; if `live`, also at every keystroke.
 * @param {Field & {live?: boolean, setting?: string, onKey?: (event: KeyboardEvent) => unknown}} field
 *   setting: name of a numeric setting, normalized when the field is left
 */
export function text(field) {
  const { name, label, value, refusal, commit, live, setting, disabled, placeholder, onKey } = field;
  const id = identifier(name);
  const act = (/** @type {Event} */ event) => commit(/** @type {HTMLInputElement} */ (event.target).value);
  const leave = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const typed = input.value;
    if (setting) input.value = tidied(typed, setting);
    return live && input.value === typed ? undefined : commit(live ? input.value : typed);
  };
  return html`
    <p class="field">
      <label for=${id}>${fresh(label)}</label>
      <input
        id=${id}
        data-focus=${name}
        type="text"
        autocomplete="off"
        spellcheck="false"
        placeholder=${placeholder ?? nothing}
        inputmode=${setting && isWhole(setting) ? "numeric" : "text"}
        aria-invalid=${refusal ? "true" : "false"}
        aria-describedby=${ifDefined(describedBy(field))}
        ?disabled=${disabled}
        .value=${refusal && !live ? refusal.typed : value}
        @keydown=${onKey ?? nothing}
        @change=${leave}
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
      <label for=${id}>${fresh(label)}</label>
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

/**
 * A selection.
 * @param {Field & {options: Record<string, string>, excluded?: Record<string, string>}} field
 *   excluded: unavailable options, with the reason
 */
export function choice(field) {
  const { name, label, value, refusal, options, excluded = {}, commit, disabled } = field;
  const id = identifier(name);
  return html`
    <p class="field">
      <label for=${id}>${fresh(label)}</label>
      <select
        id=${id}
        data-focus=${name}
        aria-invalid=${refusal ? "true" : "false"}
        aria-describedby=${ifDefined(describedBy(field))}
        ?disabled=${disabled}
        @change=${(/** @type {Event} */ event) => commit(/** @type {HTMLSelectElement} */ (event.target).value)}
      >
        ${Object.entries(options).map(
          ([key, words]) => html`
            <option value=${key} ?disabled=${key in excluded} .selected=${key === value}>${fresh(key in excluded ? `${words} – unavailable: ${excluded[key]}` : words)}</option>
          `,
        )}
      </select>
      ${notes(field)}
    </p>
  `;
}
