/** A row for a saved run that cannot be restored: the reason, and a download of its remains. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Actions } from "../page/actions.js" */
/** @typedef {ReturnType<typeof import("./table.js").damagedOf>[number]} Row */

/**
 * @param {Row} row
 * @param {number} columns  between name and actions
 * @param {Actions} actions
 */
export function damagedRow({ name, status, why, remains }, columns, actions) {
  const reason = html`<span class="reason">${/^[a-z]/.test(why) ? `Refused: ${why}` : why}</span>`;
  const download = (/** @type {Row["remains"][number]} */ piece) => html`
    <button type="button" aria-label="Download ${piece.name} of ${name}" @click=${() => actions.saving.downloadBytes(piece.name, piece.bytes)}>
      Download ${piece.name} (${kilobytes(piece.bytes)} kB)
    </button>
  `;
  return html`
    <tr role="row" class="run damaged">
      <td role="cell" class="drawn"></td>
      <th role="rowheader" scope="row">
        <bdi translate="no" class="name">${name}</bdi> <span class="badge">${status}</span> ${columns === 0 ? reason : nothing}
      </th>
      <td role="cell"></td>
      ${columns > 0 ? html`<td role="cell" class="reasons" colspan=${columns}>${reason}</td>` : nothing}
      <td role="cell" class="possible"><div class="runs-remains">${remains.map(download)}</div></td>
    </tr>
  `;
}

/** @param {Uint8Array} bytes */
const kilobytes = (bytes) => Math.ceil(bytes.length / 1000);
