/** The panel of a sweep: its progress, its runs from best to worst, and their parallel coordinates. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { list } from "./list_view.js";
import { picture } from "./parallel_view.js";
import { bestFirst, endedOf, rankingOf, resultsOf } from "./state.js";
import { outcomeWords, progressWords } from "./text.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Sweep } from "./state.js" */

/** @param {State} state @param {Actions} actions */
export function sweep(state, actions) {
  const { sweep: shown } = state.sweep;
  const results = resultsOf(state);
  if (!shown) return html`<p class="waiting">No runs of a sweep. Start one with New sweep in the panel Runs.</p>`;
  const ranking = rankingOf(results);
  const sorted = bestFirst(results, ranking);
  const trained = sorted.filter(({ run }) => run !== null);
  return html`
    <div class="sweep">
      ${head(shown, results.length, actions)}
      <div class="sweep-results">
        ${trained.length > 0 ? picture(trained, shown.fields, state, actions) : nothing}
        ${sorted.length > 0 ? list(sorted, { fields: shown.fields, ranking }, state, actions) : nothing}
      </div>
    </div>
  `;
}

/** @param {Sweep} shown @param {number} results @param {Actions} actions */
function head(shown, results, actions) {
  if (!shown.isRunning)
    return html`
      <div class="sweep-head">
        <p translate="no">${outcomeWords(shown, results)}</p>
        <button type="button" class="ghost" @click=${actions.sweep.close}>Close sweep</button>
      </div>
    `;
  const { tasks } = shown;
  const shares = tasks.map(({ state, step, steps }) =>
    state === "failed" ? 1 : Math.min(1, step / Math.max(1, steps)),
  );
  const share = shares.reduce((sum, each) => sum + each, 0) / tasks.length;
  return html`
    <div class="sweep-head">
      <progress aria-label="Progress of the sweep" value=${share} max="1"></progress>
      <p translate="no" data-ended=${endedOf(shown)}>${progressWords(shown)}</p>
      <small>Closing the tab loses the runs under way.</small>
      <button type="button" data-focus="sweep-stop" @click=${actions.sweep.stop}>Stop sweep</button>
    </div>
  `;
}
