/** The point of the loss chart that is read: pointed at, or walked to by keyboard and said. */

import { pointAt } from "./line.js";
import { pointOf, spokenPoint } from "./text.js";

/** @import { Store } from "../page/store.js" */
/** @import { lossScene, Reading } from "./scene.js" */

/**
 * @param {Store} store
 * @param {object} chart
 * @param {() => ReturnType<typeof lossScene>} chart.scene
 * @param {(id: string | null) => void} chart.hover
 */
export function createReading(store, { scene, hover }) {
  /** @param {Reading | null} reading */
  function read(reading) {
    const {
      chart: { reading: before },
    } = store.get();
    if (before?.id !== reading?.id || before?.step !== reading?.step) store.set({ chart: { reading } });
    hover(reading?.id ?? null);
  }

  /** Read a point and say it. @param {string} id @param {number} step */
  function say(id, step) {
    read({ id, step });
    const point = pointOf(scene(), { id, step });
    if (point) store.set({ page: { announcement: spokenPoint(point) } });
  }

  /** The current line and point, by default those of the active run. */
  function here() {
    const { lines } = scene().drawing;
    const {
      chart: { reading },
      run,
    } = store.get();
    const find = (/** @type {string | undefined} */ id) => lines.find(({ curve }) => curve.id === id);
    const read = find(reading?.id);
    const line = read ?? find(run?.id) ?? lines[0];
    if (!line) return null;
    const { step } = line.curve;
    return { lines, line, index: read && reading ? pointAt(line.curve, reading.step) : null, last: step.length - 1 };
  }

  return {
    here,
    actions: {
      /** Select the point under the pointer. @param {Reading | null} reading */
      point: read,
      /** Move along a line, starting at its newest point. @param {number} by  points; infinite for its ends */
      walk(by) {
        const now = here();
        if (!now) return;
        const { line, index, last } = now;
        const from = index ?? (by < 0 ? last + 1 : last);
        say(line.curve.id, line.curve.step[Math.max(0, Math.min(last, from + by))]);
      },
      /** Move to another run, at the same step or its last one. @param {1 | -1} by */
      changeLine(by) {
        const now = here();
        if (!now) return;
        const { lines, line, index, last } = now;
        const next = lines[(lines.indexOf(line) + by + lines.length) % lines.length];
        say(next.curve.id, next.curve.step[pointAt(next.curve, line.curve.step[index ?? last])]);
      },
      leave: () => read(null),
    },
  };
}
