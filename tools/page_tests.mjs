/** A reporter for `node --test`: each test that failed with its error, the slowest, and a summary by name. */

import { inspect } from "node:util";

const SLOWEST = 5;

/** @param {AsyncIterable<{type: string, data: any}>} events */
export default async function* report(events) {
  const passed = [];
  const failed = [];
  for await (const { type, data } of events) {
    if (type === "test:stderr") yield data.message;
    if (type === "test:pass") passed.push(data);
    if (type !== "test:fail") continue;
    failed.push(data);
    const { cause, message } = data.details.error;
    yield `✖ ${titleOf(data)}\n${cause instanceof Error ? inspect(cause) : message}\n`;
  }
  const slowest = passed.filter(({ details }) => details.type !== "suite");
  slowest.sort((a, b) => b.details.duration_ms - a.details.duration_ms);
  for (const data of slowest.slice(0, SLOWEST)) {
    yield `${(data.details.duration_ms / 1000).toFixed(2)} s  ${titleOf(data)}\n`;
  }
  for (const data of failed) yield `FAILED ${titleOf(data)}\n`;
  yield `${passed.length} passed, ${failed.length} failed\n`;
}

/** @param {{name: string, file: string, line: number}} data */
function titleOf({ name, file, line }) {
  return `${name} (${file}:${line})`;
}
