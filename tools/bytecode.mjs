// Compiles Python with the very interpreter that will run it: Pyodide, in Node.
//
//   node tools/bytecode.mjs all FOLDER                every module, its .pyc in __pycache__ beside the source
//   node tools/bytecode.mjs imported FOLDER MODULE... what a start imports: Pyodide itself and the MODULEs that our
//                                                     package needs, its .pyc in place of the source, mostly
//                                                     without docstrings. Prints the extension modules among them
// Prints the version of Python last. No .pyc has columns for the ^^^^ of tracebacks, which are a third of it.
//
// FOLDER mirrors the root of the file system as it will be in the browser. The .pyc are of the "unchecked-hash" kind:
// the interpreter takes them as they are, without looking at dates or sources, and equal sources give equal bytes.
import { resolve } from "node:path";
import { loadPyodide } from "pyodide";

const COMPILE = `
import importlib
import os
import sys

ROOT = "/tree"
# Files whose docstrings are read when something is imported: numpy.ma rewrites those of NumPy's functions.
DOCUMENTED = (
    "/numpy/_core/fromnumeric.py",
    "/numpy/_core/numeric.py",
    "/numpy/lib/_shape_base_impl.py",
    "pyodide/",
)


def compile_one(path, target=None):
    import py_compile

    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(ROOT + path, cfile=target, dfile=path, doraise=True, invalidation_mode=mode)


def is_docstring_of_c(node):
    """Whether a statement is add_newdoc(…), which gives a docstring to a function of NumPy in C."""
    return getattr(getattr(getattr(node, "value", None), "func", None), "id", "") == "add_newdoc"


def without_docstrings(source):
    import ast

    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not is_docstring_of_c(node)]
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if ast.get_docstring(node, clean=False) is not None:
                node.body[0].value = ast.copy_location(ast.Constant(None), node.body[0].value)
    return tree


def compile_bare(path):
    import importlib.util
    from importlib._bootstrap_external import _code_to_hash_pyc

    with open(ROOT + path, "rb") as file:
        source = file.read()
    code = compile(without_docstrings(source), path, "exec", dont_inherit=True)
    with open(ROOT + path + "c", "wb") as file:
        file.write(_code_to_hash_pyc(code, importlib.util.source_hash(source), False))


def compile_all():
    for folder, _, names in os.walk(ROOT):
        for name in sorted(names):
            if name.endswith(".py"):
                compile_one(os.path.join(folder, name).removeprefix(ROOT))


def compile_imported(modules):
    sys.path.append(ROOT + "/lib/python3.14/site-packages")
    for name in modules:
        importlib.import_module(name)
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    for path in sorted(file.removeprefix(ROOT) for file in files if file and os.path.exists(ROOT + file.removeprefix(ROOT))):
        if path.endswith(".py"):
            if any(part in path for part in DOCUMENTED):
                compile_one(path, ROOT + path + "c")
            else:
                compile_bare(path)
            os.remove(ROOT + path)
        else:
            print(path)
`;

const [mode, folder, ...modules] = process.argv.slice(2);
process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.message}\n`); // Python's traceback; Node would show Pyodide's own source as well
  process.exit(1);
});
const pyodide = await loadPyodide({ env: { PYTHONNODEBUGRANGES: "1" } });
pyodide.mountNodeFS("/tree", resolve(folder));
pyodide.runPython(COMPILE);
if (mode === "imported") pyodide.globals.get("compile_imported")(["pyodide.ffi", "traceback", ...modules]);
else pyodide.globals.get("compile_all")();
process.stdout.write(pyodide.runPython("import platform; platform.python_version()"));
