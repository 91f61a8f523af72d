/** Drafts on their way to Python: kept when typing pauses, and at once on demand. */

/** Time without typing after which a draft is kept. Milliseconds. */
const PAUSE = 400;

export class Drafts {
  #save;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Texts by file, of one run. @type {{run: string, texts: Map<string, string>} | null} */
  #waiting = null;
  /** @type {Promise<unknown>} */
  #saving = Promise.resolve();

  /** @param {(run: string, file: string, text: string) => Promise<unknown>} save */
  constructor(save) {
    this.#save = save;
  }

  /** @param {string} run @param {string} file @param {string} text */
  type(run, file, text) {
    if (this.#waiting && this.#waiting.run !== run) this.flush();
    this.#waiting ??= { run, texts: new Map() };
    this.#waiting.texts.set(file, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE);
  }

  /** Forget what waits for a file, or for all. @param {string} [file] */
  drop(file) {
    if (file === undefined) this.#waiting = null;
    else this.#waiting?.texts.delete(file);
  }

  /** Keep all that waits; resolves when Python has it. */
  flush() {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting)
      this.#saving = this.#saving.then(async () => {
        for (const [file, text] of waiting.texts) await this.#save(waiting.run, file, text);
      });
    return this.#saving;
  }
}
