/** A saved run that cannot be brought back, in the table of runs: why, and what is left of it. Nothing else can be done with it. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {ReturnType<typeof import("../runs_table.js").damagedOf>[number]} Row */

/** @param {Row} row @param {number} columns  between its name and what can be done @param {import("../actions.js").Actions} actions */
export function damagedRow({ name, status, why, remains }, columns, actions) {
  const reason = html`<span class="reason">${why}</span>`;
  const download = (/** @type {Row["remains"][number]} */ piece) => html`
    <button type="button" aria-label="Download ${piece.name} of ${name}" @click=${() => actions.download_bytes(piece.name, piece.bytes)}>
      Download ${piece.name} (${kilobytes(piece.bytes)} kB)
    </button>
  `;
  return html`
    <tr role="row" class="run damaged">
      <td role="cell" class="drawn"></td>
      <th role="rowheader" scope="row">
        <bdi class="name">${name}</bdi> <span class="badge">${status}</span> ${columns === 0 ? reason : nothing}
      </th>
      ${columns > 0 ? html`<td role="cell" class="reasons" colspan=${columns}>${reason}</td>` : nothing}
      <td role="cell" class="possible"><div class="remains">${remains.map(download)}</div></td>
    </tr>
  `;
}

/** @param {Uint8Array} bytes */
const kilobytes = (bytes) => Math.ceil(bytes.length / 1000);
