/** Strict JSON, of which the headers of stored bytes are made: what is read, what is refused, and in which words. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, Refused } from "../../../web/files/strict_json.js";

/** @type {[string, RegExp][]} */
const ODD = [
  [`{${'"a":['.repeat(100_000)}`, /nested deeper/],
  [`${'{"a":'.repeat(4)}1${"}".repeat(4)}`, /nested deeper/],
  [`{"${'\\"'.repeat(1_000_000)}`, /must be JSON/],
  [`{${"]".repeat(1000)}${"[".repeat(1000)}`, /must be JSON/],
  ['{"a": 1, "a": 2}', /a key twice/],
  ['{"a": 1, "\\u0061": 2}', /a key twice/],
  ['{"a": {"b": 1, "b": 1}}', /a key twice/],
  ['{"__proto__": 1, "__proto__": 2}', /a key twice/],
  ['{"a": NaN}', /must be JSON/],
  ['{"a": 1e999}', /beyond the range/],
  ['{"a": ["\\ud800"]}', /half a surrogate pair/],
  ['{"\\udfff": 1}', /plain names as keys, got "\\udfff"/],
  ['{"\\u202e": 1}', /plain names as keys, got "\\u\{202e\}"/],
  ["{,}", /must be JSON/],
];
for (const [text, message] of ODD)
  test(`what is not strict is refused: ${text.slice(0, 60)}`, () =>
    assert.throws(() => parse("it", text, 3), { name: "Refused", message }));

test("strict JSON reads what JSON reads", () => {
  const value = { a: [1, 2.5, -3e-7, null, true, '[{"\\é:'], b: { c: {} } };
  assert.deepEqual(parse("it", JSON.stringify(value, null, 2), 3), value);
  assert.throws(() => parse("it", JSON.stringify(value), 2), Refused);
});

test("no prototype is ever touched", () => {
  parse("it", '{"__proto__": {"polluted": 1}}', 3);
  parse("it", '{"constructor": {"prototype": {"polluted": 1}}}', 3);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});
