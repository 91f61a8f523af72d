/** The guide's parts of Help: where to start, and the glossary. */

import { html } from "../vendor/lit-html/lit-html.js";
import { GLOSSARY } from "./glossary.js";

/** @import { Actions } from "../page/actions.js" */

/** @param {Actions} actions */
export function startHere(actions) {
  const start = () => {
    actions.page.closeDialog();
    actions.guide.start();
  };
  return html`
    <p class="guide-offer">
      <button type="button" @click=${start}>Start here: 8 short steps</button>
      <span>The same steps, longer and with pictures, are a page to read: <a href="learn/index.html">How a network learns</a>.</span>
    </p>
  `;
}

export const glossary = () => html`
  <h3>Glossary</h3>
  <dl class="guide-glossary">
    ${GLOSSARY.map(([term, meaning]) => html`<div><dt>${term}</dt><dd>${meaning}</dd></div>`)}
  </dl>
`;
