/** The exercises as a feature: open one, predict, write, check, ask for help. */

import { folds } from "../code/folds.js";
import { isShown, shown } from "../panels/state.js";
import { remember, remembered } from "../ui/preferences.js";
import { createClinic } from "./clinic_actions.js";
import { createNetworkActions } from "./network_actions.js";
import { createProgressActions } from "./progress_actions.js";
import { ProgressKeeper } from "./progress_keeper.js";
import { ProgressStore } from "./progress_store.js";
import { begun, CLOSED, hiddenLines, initialExercises, nameOf, nextHelp, progressOf, sealedFile } from "./state.js";
import { createTask } from "./task_actions.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { ExercisesState, Opened } from "./state.js" */
/**
 * Dependencies of the exercises.
 * @typedef {object} Outside
 * @property {Client["call"]} call
 * @property {Perform} perform
 * @property {Attempt} attempt
 * @property {() => unknown} play  start Play, unless it runs
 * @property {() => ProgressStore} [openDisk]
 */
/** Shared by all actions of the exercises. @typedef {ReturnType<typeof createTools>} Tools */

const KEY = "exercises";
const TITLE = "The exercise could not be opened";

/** @param {Store} store @param {Outside} outside */
export function createExercises(store, outside) {
  const tools = createTools(store, outside);
  const { call, attempt } = outside;
  const { get, set, keeper } = tools;

  /** The list of exercises and the learner's progress, once. @type {Promise<void> | null} */
  let loading = null;
  const load = () => {
    loading ??= start().catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  async function start() {
    const [course] = await Promise.all([call("course"), keeper.load()]);
    set({ course });
  }

  /** @param {Opened | null} opened */
  async function open(opened) {
    await load();
    remember(KEY, { opened });
    if (!opened) return set({ ...CLOSED, opened });
    const { task, ...rest } = await contentOf(opened);
    set({ ...CLOSED, ...rest, task, opened });
    keeper.change(nameOf(opened, get().course), (progress) => begun(progress, tools.now()));
    set({ outcome: await outcomeOf(opened), hints: await hintsOf(opened) });
  }

  /** @param {Opened} opened */
  async function contentOf({ kind, number }) {
    if (kind === "exercise") return { task: await call("exercise", { number }) };
    return { task: null, case: kind === "clinic" ? await call("clinic_case", { number }) : null };
  }

  /** The answer to a prediction that was made before. @param {Opened} opened */
  async function outcomeOf({ kind, number }) {
    const isAnswered = kind === "exercise" && progressOf(get()).predicted !== null;
    return isAnswered ? call("prediction", { number }) : null;
  }

  /** Help that was used before. @param {Opened} opened */
  async function hintsOf(opened) {
    const { help } = progressOf(get());
    /** @type {ExercisesState["hints"][number][]} */
    const hints = [];
    for (let kind = nextHelp({ opened, hints }); kind && help[kind]; kind = nextHelp({ opened, hints }))
      hints.push(await tools.helpWith(opened, kind));
    return hints;
  }

  const before = openedBefore();
  let isStarted = false;
  let hasEditor = false;
  store.subscribe((state) => {
    if (state.page.boot !== "ready" || (isStarted && hasEditor)) return;
    const isNow = isShown(state, "exercises");
    // Also with the panel closed: lines of ours that answer the open exercise stay hidden.
    if (!isStarted && (isNow || before)) {
      isStarted = true;
      attempt(TITLE, () => (before ? open(before) : load()));
    }
    if (!hasEditor && isNow) {
      hasEditor = true;
      attempt(TITLE, async () => set({ editor: (await import("../code/editor.js")).Editor }));
    }
  });

  const task = createTask(tools);
  store.subscribe(({ exercises }) => folds.hide(hiddenLines(exercises), sealedFile(exercises), task.unfold));

  return {
    name: /** @type {const} */ ("exercises"),
    initial: initialExercises(),
    actions: {
      /** Open a task, or the list with null. @param {Opened | null} opened */
      open: (opened) =>
        attempt(TITLE, async () => {
          await open(opened);
          store.set({ ...shown("exercises"), page: { focus: { target: "exercises" } } });
        }),
      ...task,
      ...createClinic(tools),
      ...createNetworkActions(store, tools),
      ...createProgressActions(tools),
    },
  };
}

/** @param {Store} store @param {Outside} outside */
function createTools(store, { call, perform, attempt, play, openDisk = () => new ProgressStore() }) {
  return {
    call,
    perform,
    attempt,
    play,
    get: () => store.get().exercises,
    /** @param {Partial<ExercisesState>} changes */
    set: (changes) => store.set({ exercises: changes }),
    keeper: new ProgressKeeper(store, openDisk),
    now: () => new Date().toISOString(),
    /** @param {string} target */
    focus: (target) => store.set({ page: { focus: { target, otherwise: "exercises" } } }),
    /** @param {string} sentence */
    announce: (sentence) => store.set({ page: { announcement: sentence } }),
    /** @param {Opened} opened @param {string} kind */
    helpWith: ({ kind: of, number }, kind) =>
      of === "clinic" ? call("clinic_help", { number, kind }) : call("exercise_hint", { number, rung: kind }),
  };
}

/** @returns {Opened | null} */
function openedBefore() {
  const { opened } = remembered(KEY);
  const isKnown = ["exercise", "capstone", "clinic"].includes(opened?.kind) && Number.isInteger(opened.number);
  return isKnown && opened.number >= 1 && opened.number <= 14 ? { kind: opened.kind, number: opened.number } : null;
}
