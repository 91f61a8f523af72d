/** A reporter for `node --test`: each test that failed, with its place and its error, and how many tests there were. */

import { inspect } from "node:util";

/** @param {AsyncIterable<{type: string, data: any}>} events */
export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if (type === "test:stderr") yield data.message;
    if (type === "test:pass") passed += 1;
    if (type !== "test:fail") continue;
    failed += 1;
    const { cause, message } = data.details.error;
    yield `✖ ${data.name} (${data.file}:${data.line})\n${cause instanceof Error ? inspect(cause) : message}\n`;
  }
  yield `${passed} passed, ${failed} failed\n`;
}
