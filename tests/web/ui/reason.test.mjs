/** A reason behind its sentence begins as it can be read on. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { reason } from "../../../web/ui/reason.js";

test("a sentence follows a full stop, the name of a field a colon; both end", () => {
  assert.equal(`“a” was not imported${reason("This file is damaged.")}`, "“a” was not imported. This file is damaged.");
  assert.equal(`“a” was not imported${reason("name must be text")}`, "“a” was not imported: name must be text.");
});
