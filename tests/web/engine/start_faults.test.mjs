/** Browsers that cannot compile WebAssembly: said before Pyodide is asked, which would wait forever. */

import assert from "node:assert/strict";
import test from "node:test";
import { checkWebAssembly, StartFault, wasmFault } from "../../../web/engine/start_faults.js";

const whole = globalThis.WebAssembly;
test.afterEach(() => {
  globalThis.WebAssembly = whole;
});

test("a browser that compiles it is let through", () => checkWebAssembly());

test("WebAssembly that is turned off, or blocked, is told apart", () => {
  delete globalThis.WebAssembly;
  assert.throws(checkWebAssembly, { name: "StartFault", message: /^WebAssembly is turned off in this browser/ });
  globalThis.WebAssembly = {
    Module: class {
      constructor() {
        throw new Error("blocked by a policy");
      }
    },
  };
  assert.throws(checkWebAssembly, {
    name: "StartFault",
    message: /^This browser did not start WebAssembly \(blocked by a policy\)/,
  });
});

test("a fault that has its sentence keeps it", () => {
  const fault = new StartFault("a sentence");
  assert.equal(wasmFault("pyodide.asm.wasm", fault), fault);
  assert.match(
    wasmFault("pyodide.asm.wasm", new Error("unknown opcode")).message,
    /pyodide.asm.wasm \(unknown opcode\)/,
  );
});
