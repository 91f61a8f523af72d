/**
 * SIMD loops for NumPy, linked to Python's memory.
 *
 * Their functions are added to Python's table of functions, and `backprop.loops` puts them in the place of NumPy's own.
 * If anything is odd, NumPy keeps its own, and Help says why.
 */

/** @import { Pyodide } from "./worker.js" */

/** For the loops: packed parts of matrices, up to 100 kB. Bytes, a multiple of 16. */
const STACK = 131_072;
const NO_SIMD = "this browser has no SIMD instructions";

/**
 * Compile the loops while Python starts.
 * @param {Promise<Response>} file
 * @returns {Promise<WebAssembly.Module | string>} or the reason why there are none
 */
export async function compileLoops(file) {
  try {
    const bytes = await (await file).arrayBuffer();
    return WebAssembly.validate(bytes) ? await WebAssembly.compile(bytes) : NO_SIMD;
  } catch (/** @type {any} */ error) {
    return error.message;
  }
}

/** @param {Pyodide} pyodide @param {WebAssembly.Module | string} compiled */
export function installLoops(pyodide, compiled) {
  const loops = pyodide.pyimport("backprop.loops.installed").LOOPS;
  try {
    if (typeof compiled === "string") throw new Error(compiled);
    const addresses = pyodide.toPy(addFunctions(/** @type {any} */ (pyodide)._module, compiled));
    loops.install(addresses);
    addresses.destroy();
  } catch (/** @type {any} */ error) {
    loops.refuse(String(error.message).trim().split("\n").at(-1));
  } finally {
    loops.destroy();
  }
}

/**
 * Return the address of each loop: its index in Python's table of functions.
 * @param {any} python  Pyodide's module of WebAssembly, a private part of it
 * @param {WebAssembly.Module} compiled
 */
function addFunctions(python, compiled) {
  const { memory, wasmTable: table } = python;
  if (!(memory instanceof WebAssembly.Memory && table instanceof WebAssembly.Table))
    throw new Error("this version of Pyodide does not show its memory");
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const { __stack_pointer: stack, ...loops } = /** @type {Record<string, any>} */ (exports);
  const end = python._malloc(STACK) + STACK;
  stack.value = end - (end % 16); // it grows downwards
  const first = table.grow(Object.keys(loops).length);
  return Object.fromEntries(
    Object.entries(loops).map(([name, loop], i) => {
      table.set(first + i, loop);
      return [name, first + i];
    }),
  );
}
