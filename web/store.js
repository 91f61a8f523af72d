/**
 * What the page shows, in one plain object: a view of the state that Python owns, and of what is open or typed here.
 */

/** @typedef {import("./api.d.ts").Column} Column */
/** @typedef {import("./draw/color_scale.js").ColorScale} ColorScale */
/** @typedef {import("./draw/color_scale.js").Subject} Subject */

/**
 * The network as it is drawn: every tensor of one run at one step.
 * @typedef {object} Net
 * @property {string} run_id
 * @property {number} step
 * @property {Column} forward
 * @property {Column} backward
 * @property {import("./api.d.ts").OptimizerState} optimizer
 * @property {boolean} [passing]  a picture of Play: the next one follows at once
 */

/** An explanation that is open. @typedef {import("./asking.js").Why} Why */

/** A cell of a matrix that the reader looks at. @typedef {import("./views/cursor.js").Cell} Cell */

/**
 * A field whose value Python refused: what was typed, and Python's sentence.
 * @typedef {{typed: string, message: string}} Refusal
 */

/**
 * Something about kept runs that the reader should know.
 * @typedef {object} Notice
 * @property {string} id                  of the run
 * @property {"restored" | "damaged" | "interrupted" | "taken" | "partial" | "warning"} kind
 * @property {string} text
 */

/** A saved run that cannot be brought back. `remains`: what is left of it, to be downloaded. @typedef {{id: string, name: string, why: string, remains: {name: string, bytes: Uint8Array}[]}} Damaged */

/**
 * @typedef {object} State
 * @property {import("./flowing.js").Flow} flow              how gradients, weights and updates go, layer by layer
 * @property {import("./flowing.js").Spread} spread          how the numbers of a matrix are distributed
 * @property {import("./api.d.ts").Preset[]} presets         configs to start from
 * @property {"loading" | "ready" | "failed"} boot
 * @property {import("./api.d.ts").BootEvent} stage          how far the start is
 * @property {{title: string, message: string, traceback: string, restart: boolean} | null} problem  why Python does not run
 * @property {boolean} silent                              Python has not answered for long
 * @property {import("./api.d.ts").SelfTest | null} self_test
 * @property {{title: string, message: string, traceback: string} | null} alert  what went wrong last
 * @property {import("./keeper.js").Undo | null} undo         what can be undone
 * @property {import("./db.js").StorageState | null} storage   what it says of itself; null before it is open
 * @property {number} writing                                saves that are under way
 * @property {Record<string, {since: number, why: string}>} unsaved  runs that could not even be given to it
 * @property {string[]} elsewhere                            ids of the runs that another tab trains and saves
 * @property {Notice[]} notices                              about runs that came back, or did not, or went elsewhere
 * @property {Damaged[]} damaged                             saved runs that cannot be brought back
 * @property {number} clock                                  the time, ms since 1970, about once a second
 * @property {string} said                                   for the live region
 * @property {string | null} busy                            what takes its time just now
 * @property {boolean} playing
 * @property {import("./api.d.ts").Mode} mode
 * @property {import("./api.d.ts").RunSummary | null} run    the active one, up to date while it trains
 * @property {import("./api.d.ts").RunSummary[]} runs
 * @property {Net | null} net
 * @property {Net | null} gauged                             the one that the meters tell about: not faster than the eye while playing
 * @property {Cell | null} cell
 * @property {Why | null} why                                the cell that is explained
 * @property {import("./api.d.ts").SampleLens | null} lens  a gradient that is taken apart by sample
 * @property {import("./phases.js").Phasing | null} phasing  a batch that is gone through phase by phase
 * @property {import("./api.d.ts").Sample[]} samples         of the batch on screen, in its order
 * @property {Int32Array} batch                              their indices, not faster than the eye while playing
 * @property {import("./api.d.ts").DatasetView | null} dataset
 * @property {{start: number, samples: import("./api.d.ts").Sample[]}} page  of the samples list
 * @property {import("./api.d.ts").LossCurve[]} curves
 * @property {import("./api.d.ts").EpochCurve[]} epochs        what was measured at the end of epochs
 * @property {import("./confusing.js").Confusing} confusing  how true and predicted classes are looked at
 * @property {import("./api.d.ts").Confusion | null} confusion  of the active run, as it was when last asked for
 * @property {Record<string, number>} colors                 run id → number of its line colour
 * @property {number | null} batch_loss                     of the batch on screen
 * @property {number | null} batch_accuracy                 of the same
 * @property {number | null} speed                           updates per second, smoothed
 * @property {Record<string, Refusal>} refusals              by field
 * @property {Record<string, string>} committing             by field: what was typed and is not answered yet
 * @property {string | null} renaming                        id of the run whose name is being edited
 * @property {import("./runs_table.js").RunsTable} table     how the table of runs is arranged
 * @property {Record<string, true>} hidden                   ids of runs whose lines are not drawn
 * @property {string | null} hovered                         id of the run that is pointed at, here or in the chart
 * @property {import("./loss_scene.js").ChartSettings} chart  how losses are drawn
 * @property {import("./loss_scene.js").Zoom | null} zoom     the part of the chart that is looked at closely
 * @property {import("./loss_scene.js").Reading | null} reading  the point of the chart that is read
 * @property {boolean} loss_table                            whether the losses stand in a table too
 * @property {import("./sharing.js").Sharing} sharing       what is being imported, and what came of it and of links
 * @property {"new_run" | "twin" | "lens" | "help" | null} dialog
 * @property {import("./comparing.js").TwinDraft | null} twin  the Twin form as it is typed
 * @property {import("./draft.js").Draft} draft               the New run form as it is typed
 * @property {import("./api.d.ts").Plan | null} plan          what the draft comes to
 * @property {Refusal & {field: string} | null} draft_refusal
 * @property {string} palette
 * @property {Record<Subject, ColorScale>} scales            how numbers become colours
 * @property {Partial<Record<Subject, ColorScale | null>>} scales_before  what a button leads back to
 * @property {"system" | "light" | "dark"} theme
 * @property {boolean} shortcuts                             single keys work
 * @property {{target: string, otherwise?: string} | null} focus  which `data-focus` element is to have the keyboard now, and which if it is not there
 */

/** @param {State} initial */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<(state: State) => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    /** @param {Partial<State>} changes */
    set(changes) {
      state = { ...state, ...changes };
      for (const listener of listeners) listener(state);
    },
    /** @param {(state: State) => void} listener */
    subscribe(listener) {
      listeners.add(listener);
    },
  };
}

/** @typedef {ReturnType<typeof createStore>} Store */

/**
 * A number of its own for each run's line: it stays while the run does, and a new run gets the lowest that is free.
 * @param {{id: string}[]} runs @param {Record<string, number>} colors
 */
export function colorsOf(runs, colors) {
  /** @type {Record<string, number>} */
  const kept = {};
  for (const { id } of runs) if (id in colors) kept[id] = colors[id];
  for (const { id } of runs) {
    const taken = new Set(Object.values(kept));
    let free = 0;
    while (taken.has(free)) free++;
    kept[id] ??= free;
  }
  return kept;
}
