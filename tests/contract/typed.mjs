/** Numbers as the page reads them: JSON list of [text, whether the setting is a whole number] → JSON list of values. */

import { readFileSync } from "node:fs";
import { asTyped } from "../../web/ui/typed.js";
import "../web/schema.mjs";

/** @type {[string, boolean][]} */
const cases = JSON.parse(readFileSync(0, "utf8"));
const values = cases.map(([text, whole]) => asTyped(text, whole ? "batch_size" : "learning_rate"));
process.stdout.write(JSON.stringify(values));
