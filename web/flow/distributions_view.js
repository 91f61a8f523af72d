/** The distribution of a tensor: its histogram with quantiles, now and at earlier steps. */

import { title } from "../tensors/names.js";
import { choice } from "../ui/fields.js";
import { count, formatNumber } from "../ui/number.js";
import { plot } from "../ui/plot.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { spread as spreadOut } from "./histogram.js";
import { histogramPlot, ridgesPlot } from "./plots.js";
import { outlines, SMALL, symbolOf } from "./small_histograms.js";
import { tensorsOf } from "./state.js";

/** @import { Distributions } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @typedef {import("./histogram.js").Histogram & {step: number, quantiles: ArrayLike<number>}} Past */

const VIEWS = { now: "Now", time: "Over time" };
const DIGITS = 3;
/** Maximum number of ridges that remain distinguishable. */
const RIDGES = 24;
/** Ridges that one label stands for. */
const LABELLED = 4;

/** @param {State} state @param {Actions} actions */
export function distributions({ network: { net }, flow: { distributions: spread }, training: { playing } }, actions) {
  const tensors = tensorsOf(net);
  const layers = new Set(tensors.flatMap(({ name }) => /^layers\/\d+/.exec(name) ?? [])).size;
  const names = Object.fromEntries(tensors.map(({ name }) => [name, title(name, layers)]));
  const { answer, view, tensor } = spread;
  return html`
    <div class="flow-choices">
      ${choice({ name: "spread_tensor", label: "Matrix", value: tensor, options: names, commit: (name) => actions.flow.arrangeDistributions({ tensor: name }) })}
      ${choice({ name: "spread_view", label: "Show", value: view, options: VIEWS, commit: (chosen) => actions.flow.arrangeDistributions({ view: /** @type {any} */ (chosen) }) })}
    </div>
    <div class="flow-spread">
      ${overview(names, tensor, outlines(tensors, playing, performance.now()), actions)}
      <div>
        ${answer && answer.tensor === tensor ? (view === "now" ? now(answer, names[tensor] ?? tensor) : overTime(answer, names[tensor] ?? tensor)) : nothing}
        ${answer && answer.tensor === tensor ? table(answer, view, spread.table, actions) : nothing}
      </div>
    </div>
  `;
}

/**
 * All tensors, small, for the pointer; keys have the list of matrices above.
 * @param {Record<string, string>} names
 * @param {string} chosen
 * @param {Map<string, string>} paths
 * @param {Actions} actions
 */
function overview(names, chosen, paths, actions) {
  return html`
    <div class="flow-overview" aria-hidden="true">
      ${Object.keys(names).map(
        (name) => html`
          <button
            type="button"
            tabindex="-1"
            class=${name === chosen ? "chosen" : ""}
            title=${names[name]}
            data-spread=${name}
            @click=${() => actions.flow.arrangeDistributions({ tensor: name })}
          >
            <svg class=${/(^|\/)(grad_|velocity_|first_moment_|second_moment_)/.test(name) ? "backward" : ""} viewBox="0 0 ${SMALL.width} ${SMALL.height}" preserveAspectRatio="none">${svg`<path d=${paths.get(name) ?? ""} />`}</svg>
            <span>${symbolOf(name)}</span>
          </button>
        `,
      )}
    </div>
  `;
}

/** @param {Distributions} answer @param {string} name */
function now({ now, step, quantiles }, name) {
  if (now.finite === 0) return html`<p class="note">None of the ${count(now.size)} values is finite.</p>`;
  const drawn = histogramPlot(now, Array.from(quantiles, dashOf));
  return html`
    <figure class="flow-figure">
      <div role="img" aria-label="Histogram of ${name} at step ${count(step)}, ${count(now.finite)} values from ${formatNumber(now.low, DIGITS)} to ${formatNumber(now.high, DIGITS)}">
        <div class="flow-plot" aria-hidden="true" ${plot(drawn)}></div>
      </div>
      <figcaption>
        <p class="note">
          ${name}, step ${count(step)}: ${count(now.size)} values${now.finite < now.size ? `, ${count(now.size - now.finite)} of them not finite` : ""};
          mean ${formatNumber(now.mean, DIGITS)}, standard deviation ${formatNumber(now.std, DIGITS)}.
          Lines: median (thick); 25% and 75% (dashed); 1%, 5%, 95% and 99% (dotted).
        </p>
      </figcaption>
    </figure>
  `;
}

/** Dashes of the line at a quantile; nothing is drawn at the ends. @param {number} quantile @returns {number[]} */
function dashOf(quantile) {
  const far = Math.abs(quantile - 0.5);
  if (far === 0.5) return [0, 1000];
  return far === 0 ? [] : far === 0.25 ? [6, 4] : [1, 4];
}

/** @param {Distributions} answer @returns {Past[]} the oldest first */
function pastsOf({ past: { steps, finite, low, high, counts, quantiles }, quantiles: levels }) {
  const bins = counts.length / Math.max(1, steps.length);
  const all = Array.from(steps, (step, i) => ({
    step,
    low: low[i],
    high: high[i],
    counts: counts.subarray(i * bins, (i + 1) * bins),
    quantiles: quantiles.subarray(i * levels.length, (i + 1) * levels.length),
  }));
  return all.filter((_, i) => finite[i] > 0);
}

/** @param {Distributions} answer @param {string} name */
function overTime(answer, name) {
  const pasts = pastsOf(answer);
  const kept = `Recorded from step ${count(answer.since)} on, when this matrix was first opened here (recording all matrices would slow training down). Kept in memory only: a reload clears it.`;
  if (pasts.length === 0) return html`<p class="note">The histograms of the next steps appear here. ${kept}</p>`;
  const shownPasts = spreadOut(pasts.length, RIDGES).map((i) => pasts[i]);
  const [first, last] = [pasts[0].step, pasts[pasts.length - 1].step];
  const every = Math.max(1, Math.ceil(shownPasts.length / (RIDGES / LABELLED)));
  const labelled = [...shownPasts.keys()].filter((i) => (shownPasts.length - 1 - i) % every === 0);
  return html`
    <figure class="flow-figure">
      <div role="img" aria-label="${shownPasts.length} histograms of ${name}, from step ${count(first)} to step ${count(last)}">
        <div class="flow-plot tall" aria-hidden="true" ${plot(ridgesPlot(shownPasts, labelled))}></div>
      </div>
      <figcaption><p class="note">${name}, from step ${count(first)} to step ${count(last)}. Each is scaled to its fullest bin. ${kept}</p></figcaption>
    </figure>
  `;
}

/**
 * @param {Distributions} answer
 * @param {"now" | "time"} view
 * @param {boolean} open
 * @param {Actions} actions
 */
function table(answer, view, open, actions) {
  const toggle = (/** @type {Event} */ event) => {
    event.stopPropagation();
    const is = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (is !== open) actions.flow.arrangeDistributions({ table: is });
  };
  const pasts = view === "now" ? [] : spreadOut(pastsOf(answer).length, RIDGES).map((i) => pastsOf(answer)[i]);
  const rows = [...pasts, { step: answer.step, quantiles: answer.now.quantiles }];
  return html`
    <details class="as-table" ?open=${open} @toggle=${toggle}>
      <summary>Quantiles as a table</summary>
      ${
        open
          ? html`
              <div class="scroll" role="group" aria-label="Table of quantiles" tabindex="0">
                <table>
                  <thead><tr><th scope="col">Step</th>${answer.quantiles.map((q) => html`<th scope="col">${quantileName(q)}</th>`)}</tr></thead>
                  <tbody>
                    ${rows.map(({ step, quantiles }) => html`<tr><th scope="row">${count(step)}</th>${Array.from(quantiles, (value) => html`<td>${formatNumber(value, DIGITS)}</td>`)}</tr>`)}
                  </tbody>
                </table>
              </div>
            `
          : nothing
      }
    </details>
  `;
}

/** @param {number} q */
const quantileName = (q) => (q === 0 ? "min" : q === 1 ? "max" : `${Math.round(100 * q)}%`);
