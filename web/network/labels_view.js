/** Labels along the matrices of a column as text: samples, positions and classes. */

import { guard } from "../vendor/lit-html/directives/guard.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { columnLabels, positionMarks, sampleLines } from "./labels.js";
import { isEmbedded } from "./matrix_view.js";
import { startOf } from "./windows.js";

/** @import { Facts } from "../tensors/axis.js" */
/** @import { PlacedBlock, Plan } from "./geometry.js" */
/** @import { Lines } from "./labels.js" */
/** @import { Layout } from "./matrix_view.js" */

/** Space between a band and its labels. */
const UNDER = 2;

/** Samples left of the inputs, positions under them. @param {PlacedBlock} block @param {Layout} layout @param {Facts} facts @param {number} pointed */
export function inputLabels(block, { plan, windows }, facts, pointed) {
  const box = plan.boxes.get("inputs");
  if (!box) return nothing;
  const start = startOf(plan, windows, "samples", plan.samples);
  const drawn = [plan, start, facts.samples, plan.samples.pitch < 5 ? pointed : -1];
  const samples = () => facts.samples.slice(start, start + plan.samples.shown);
  return html`
    ${plan.space.phone ? nothing : guard(drawn, () => sampleLines(plan, samples(), pointed - start).map((lines) => beside(lines, box.y - block.y)))}
    ${positions(block, plan, facts)}
  `;
}

/** @param {Lines} lines @param {number} from upper edge of the matrix */
function beside({ lines, pitch, top, right, size }, from) {
  const place = `top: ${from + top}px; right: calc(100% + ${right}px); font-size: ${size}px; line-height: ${pitch}px`;
  return html`<div class="network-samples" aria-hidden="true" .style=${place}>${lines.join("\n")}</div>`;
}

/** Brackets under a sequence: inputs, tokens, or the rows of their table. @param {PlacedBlock} block @param {Plan} plan @param {Facts} facts */
export function positions({ place, columns, height }, { space }, { dataset }) {
  if (!dataset || columns.shown < columns.units || space.phone) return nothing;
  const tokens = dataset.vocabulary.length;
  const each =
    place === "embedding" ? dataset.config.embedding_dim : isEmbedded(dataset) ? Math.min(tokens, 8) : tokens;
  return guard([columns.units, columns.pitch, each, height], () =>
    positionMarks(columns.units / each, each * columns.pitch).map(
      ({ x, width, label }) => html`
        <span class="network-position" aria-hidden="true" .style=${`left: ${x}px; top: ${height + UNDER}px; width: ${width}px`}>${label}</span>
      `,
    ),
  );
}

/** Names of the classes under the logits. @param {PlacedBlock} block @param {Layout} layout @param {Facts} facts */
export function classLabels(block, { plan }, { dataset }) {
  const box = plan.boxes.get(`${block.place}/pre_activations`);
  const names = dataset?.output_labels ?? [];
  if (!box || names.length !== box.columns.units || box.columns.shown < names.length) return nothing;
  const top = box.y - block.y + box.height + UNDER;
  return guard([plan, names], () =>
    columnLabels(names, box.columns.pitch).map(
      ({ x, label, align }) => html`
        <span class="network-class ${align}" aria-hidden="true" .style=${`left: ${x}px; top: ${top}px`}>${label}</span>
      `,
    ),
  );
}
