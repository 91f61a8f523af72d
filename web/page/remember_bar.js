/** Keep the words of the bar for the next visit. */

import { KEY } from "../config/bar_words.js";
import { optimizerWords } from "../config/optimizers_text.js";
import { ownWords, twinOf } from "../runs/twins_text.js";
import { stoppingWords } from "../training/stopping_view.js";
import { ofRun } from "../ui/of_run.js";
import { remember } from "../ui/preferences.js";

/** @import { BarWords } from "../config/bar_words.js" */
/** @import { State, Store } from "./store.js" */

/** @param {Store} store */
export function rememberBar(store) {
  let before = store.get();
  let written = "";
  store.subscribe((state) => {
    const same = state.run === before.run && state.runs === before.runs;
    before = state;
    if (same || !state.run || state.saving.storage?.where === "memory") return;
    const words = wordsOf(state, state.run);
    const text = JSON.stringify(words);
    if (text !== written) remember(KEY, words);
    written = text;
  });
}

/** @param {State} state @param {NonNullable<State["run"]>} run @returns {BarWords} */
function wordsOf({ runs }, run) {
  const twin = twinOf(run, runs.list);
  return {
    name: run.name,
    twin: twin ? ownWords(twin, run) : "",
    line: ofRun(runs.colors, run.id) ?? 0,
    optimizer: optimizerWords(run.config.trainer),
    stopping: stoppingWords(run),
  };
}
