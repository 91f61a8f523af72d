/** The lines of Python that computed a number, and on demand the whole file. */

import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { foldSolutions, isAnswer } from "./folded.js";
import { MATHEMATICS } from "./mathematics.js";

/** @typedef {Explanation["code"]} Code */
/** @typedef {Pick<Explanation, "code" | "compiled">} Quoted */
/** @typedef {Why["source"]} Source */
/** @import { Explanation } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { Why } from "./actions.js" */
/** @import { Hidden } from "./folded.js" */

/** Files that the Code panel shows; others are opened here. */
const IN_CODE = new Set(MATHEMATICS);

/**
 * @param {Quoted} quotation
 * @param {Source} source
 * @param {Hidden} hidden
 * @param {Actions} actions
 */
export function code({ code, compiled }, source, hidden, actions) {
  const files = [...new Set(code.map(({ file }) => file))];
  return files.map((file) => {
    const lines = code.filter((line) => line.file === file);
    const text = source?.file === file ? source.text : null;
    return [quoted(lines, text, hidden, actions), howItRan(lines, compiled)];
  });
}

/**
 * @param {Code} lines  of one file
 * @param {string | null} text
 * @param {Hidden} hidden
 * @param {Actions} actions
 */
function quoted(lines, text, hidden, actions) {
  const [{ file }] = lines;
  const isShown = (/** @type {Code[number]} */ line) => !isAnswer(file, line.text, hidden.lines);
  const open = (/** @type {Event} */ event) => {
    if (/** @type {HTMLDetailsElement} */ (event.target).open && text === null) actions.explain.openSource(file);
  };
  return html`
    <figure class="code">
      <figcaption>
        ${lines[0].function}, in <code translate="no">${file}</code>
        ${IN_CODE.has(file) ? html`<button type="button" class="quiet" @click=${() => actions.code.showLine(file, lines[0].line)}>Open in Code</button>` : nothing}
      </figcaption>
      <pre translate="no" tabindex="0">${lines.filter(isShown).map((line) => html`<span class="line"><b>${line.line}</b>${line.text}\n</span>`)}</pre>
      ${lines.every(isShown) ? nothing : offer(hidden, actions)}
      ${
        IN_CODE.has(file)
          ? nothing
          : html`<details @toggle=${open}>
              <summary>All of ${file}</summary>
              ${text === null ? nothing : whole(file, text, { lines, hidden })}
            </details>`
      }
    </figure>
  `;
}

/** Say so where these lines ran as one compiled loop. @param {Code} lines @param {string[]} compiled */
export function howItRan(lines, compiled) {
  if (!lines.some((line) => compiled.includes(line.function))) return nothing;
  return html`
    <p class="note">
      In the browser, in float32, this formula runs as one compiled loop. A test and a check at every start hold it to these lines, to the last
      bit.
    </p>
  `;
}

/** Lines that answer the open exercise are shown only on demand. @param {Hidden} hidden @param {Actions} actions */
function offer({ isAsked }, actions) {
  return html`
    <p class="folded" translate="yes">
      Hidden: lines that answer the open exercise.
      ${
        isAsked
          ? html`
              Show them? Your progress notes it.
              <button type="button" data-focus="question" @click=${actions.exercises.unfold}>Show</button>
              <button type="button" @click=${() => actions.exercises.ask("")}>Not now</button>
            `
          : html`<button type="button" data-focus="ask" @click=${() => actions.exercises.ask("unfold")}>Show …</button>`
      }
    </p>
  `;
}

/**
 * @param {string} file
 * @param {string} text
 * @param {{lines: Code, hidden: Hidden}} parts
 */
function whole(file, text, { lines, hidden }) {
  const marked = new Set(lines.map(({ line }) => line));
  const folds = foldSolutions(file, text, hidden.lines);
  const isFolded = (/** @type {number} */ line) => folds.some(({ first, last }) => first <= line && line <= last);
  const rows = text.replace(/\n$/, "").split("\n");
  return html`
    <pre translate="no" class="file" tabindex="0" aria-label=${file} ${ref(toTheMark)}>${rows.map((row, i) =>
      isFolded(i + 1)
        ? nothing
        : marked.has(i + 1)
          ? html`<mark class="line"><b>${i + 1}</b>${row}\n</mark>`
          : html`<span class="line"><b>${i + 1}</b>${row}\n</span>`,
    )}</pre>
  `;
}

/** @param {Element | undefined} file */
function toTheMark(file) {
  // At lit's first callback the element is not in the page yet.
  queueMicrotask(() => {
    const mark = file?.querySelector("mark");
    if (!file || !mark) return;
    file.scrollTop = mark.offsetTop - file.clientHeight / 2;
    file.scrollIntoView({ block: "nearest" });
  });
}
