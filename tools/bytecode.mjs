// Compiles Python with the very interpreter that will run it: Pyodide, in Node.
//
//   node tools/bytecode.mjs all FOLDER               every module, its .pyc in __pycache__ beside the source
//   node tools/bytecode.mjs imported FOLDER WHEEL MODULE...
//                                                    what a start imports: Pyodide itself, NumPy from its WHEEL, and the
//                                                    MODULEs that our package needs; its .pyc in place of the source
//
// FOLDER mirrors the root of the file system as it will be in the browser. The .pyc are of the "unchecked-hash" kind:
// the interpreter takes them as they are, without looking at dates or sources, and equal sources give equal bytes.
import { resolve } from "node:path";
import { loadPyodide } from "pyodide";

const COMPILE = `
import importlib
import os
import py_compile
import sys

ROOT = "/tree"


def compile_one(path, target=None):
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(ROOT + path, cfile=target, dfile=path, doraise=True, invalidation_mode=mode)


def compile_all():
    for folder, _, names in os.walk(ROOT):
        for name in sorted(names):
            if name.endswith(".py"):
                compile_one(os.path.join(folder, name).removeprefix(ROOT))


def compile_imported(modules):
    for name in modules:
        importlib.import_module(name)
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    for path in sorted(file for file in files if file and file.endswith(".py")):
        if os.path.exists(ROOT + path):
            compile_one(path, ROOT + path + "c")
            os.remove(ROOT + path)
`;

const [mode, folder, wheel, ...modules] = process.argv.slice(2);
process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.message}\n`); // Python's traceback; Node would show Pyodide's own source as well
  process.exit(1);
});
const pyodide = await loadPyodide();
if (mode === "imported") await pyodide.loadPackage(resolve(wheel), { messageCallback: () => {} });
pyodide.mountNodeFS("/tree", resolve(folder));
pyodide.runPython(COMPILE);
if (mode === "imported") pyodide.globals.get("compile_imported")(["pyodide.ffi", "traceback", ...modules]);
else pyodide.globals.get("compile_all")();
process.stdout.write(pyodide.runPython("import platform; platform.python_version()"));
