"""dist/python/: Pyodide with bytecode for a fast start, the packages of its lock file, and our own package."""

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.archive import pure_wheel, read_tree, read_zip, sha256, write_tree, write_wheel, write_zip
from tools.kept import kept
from tools.places import NPM, ROOT, project
from tools.step import StepError, run_node, say
from tools.wheels import CDN, cache_folder, fetch, locked_wheels

PYODIDE = NPM / "pyodide"
# Where Pyodide finds the standard library and packages in its file system.
STDLIB = "lib/python314.zip/"
SITE_PACKAGES = "lib/python3.14/site-packages/"
# Zip archives under a name that download managers let pass: some take every `.zip`, and the page gets nothing.
ARCHIVE = ".data"
STDLIB_FILE = f"python_stdlib{ARCHIVE}"
LOCKED = ("numpy", "micropip", "packaging")
# What nothing in a browser can use of NumPy: type stubs, headers and libraries for C, and a LAPACK that it never calls.
# numpy.f2py cannot work there either, but `from numpy import *` imports it.
NUMPY_UNUSED_PARTS = ("numpy/_pyinstaller/", "numpy/linalg/lapack_lite")
NUMPY_UNUSED_KINDS = (".pyi", ".pxd", ".h", ".a", ".c", ".pc", ".ini", ".build", ".npy", "py.typed", "entry_points.txt")
# Pointers come out of WebAssembly as signed numbers: one above 2 GiB is negative, and slice() and subarray() count a
# negative index from the end. Nearly everywhere Pyodide's JavaScript makes it unsigned, with >>> 0. These are the
# places that do not (Pyodide 314.0.3); the first made every array that left Python garbage, the second refused every
# file that came in. Sockets, which nothing here uses, and the stack, which lies far below, stay as they are.
SIGNED_POINTERS = {
    "return HEAP8.slice(t,t+n).buffer": "return HEAP8.slice(t>>>0,(t>>>0)+n).buffer",  # array → typed array
    "Module.HEAPU8.set(bufferAsUint8Array(buf),ptr)": "Module.HEAPU8.set(bufferAsUint8Array(buf),ptr>>>0)",
    "Module.HEAPU8.subarray(ptr,ptr+buf.byteLength)": "Module.HEAPU8.subarray(ptr>>>0,(ptr>>>0)+buf.byteLength)",
    "decoder.decode(Module.HEAPU8.subarray(ptr,ptr+len))": (  # str of 64 ASCII characters or more → string
        "decoder.decode(Module.HEAPU8.subarray(ptr>>>0,(ptr>>>0)+len))"
    ),
    "libData=HEAP8.slice(data,data+dataSize)": "libData=HEAP8.slice(data>>>0,(data>>>0)+dataSize)",
    "HEAPU8.fill(0,ptr,ptr+size)": "HEAPU8.fill(0,ptr>>>0,(ptr>>>0)+size)",
    "HEAPU8.slice(addr,addr+len)": "HEAPU8.slice(addr>>>0,(addr>>>0)+len)",
}


def python_files() -> dict[str, bytes]:
    """Return dist/python/: Pyodide, the packages of its lock file, our own, and manifest.json."""
    runtime = pyodide_runtime()
    versions = json.loads(runtime.pop("versions.json"))
    own = own_package()
    package = next(name for name in own if name.endswith(ARCHIVE))
    start = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", STDLIB_FILE, "pyodide-lock.json"]
    start += [versions.pop("numpy_wheel"), package]
    files = {**runtime, **own}
    manifest = {
        "files": [  # fetched at every start
            {"file": name, "bytes": len(files[name]), "sha256": sha256(files[name])} for name in start
        ],
        "package": package,
        "stdlib": STDLIB_FILE,
        "wheel": next(name for name in own if name.endswith(".whl")),
        "version": project()["project"]["version"],
        **versions,
    }
    files["manifest.json"] = json.dumps(manifest, indent=2).encode()
    return {f"python/{name}": data for name, data in files.items()}


@dataclass(frozen=True)
class Published:
    """What Pyodide's authors publish: the runtime as npm has it, and wheels checked against its lock file."""

    version: str
    lock: dict[str, Any]
    stdlib: bytes
    wheels: dict[str, Path]  # package → file


def published() -> Published:
    """Read the runtime, and fetch the wheels that are not here yet."""
    version = json.loads((PYODIDE / "package.json").read_text("utf-8"))["version"]
    wheels = locked_wheels(PYODIDE / "pyodide-lock.json", LOCKED)
    paths = fetch(wheels, cache_folder(), CDN.format(version=version))
    return Published(
        version=version,
        lock=json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8")),
        stdlib=(PYODIDE / "python_stdlib.zip").read_bytes(),
        wheels={name: paths[wheel.file] for name, wheel in zip(LOCKED, wheels, strict=True)},
    )


def pyodide_runtime() -> dict[str, bytes]:
    """Return Pyodide's files: those that make a start fast, its script mended, and the others as published."""
    original = published()
    start = imported_modules(page_files(own_files()))
    hashes = json.dumps([original.lock["packages"][name]["sha256"] for name in LOCKED])
    inputs = {"stdlib": original.stdlib, "wheels": hashes.encode(), "start": json.dumps(start).encode()}
    fast = kept("runtime", inputs, lambda folder: with_bytecode(original, start, folder))
    as_published = [PYODIDE / name for name in ("pyodide.mjs", "pyodide.asm.wasm")]
    others = [path for name, path in original.wheels.items() if name != "numpy"]
    glue = PYODIDE / "pyodide.asm.mjs"
    return {
        **{path.name: path.read_bytes() for path in [*as_published, *others]},
        glue.name: with_unsigned_pointers(glue.read_bytes().decode()).encode(),
        **fast,
    }


def with_unsigned_pointers(script: str) -> str:
    """Return Pyodide's script with every expression of `SIGNED_POINTERS` mended, each exactly once."""
    for wrong, right in SIGNED_POINTERS.items():
        count = script.count(wrong)
        if count != 1:
            raise StepError(
                f"Pyodide's pyodide.asm.mjs has {count} times {wrong!r}, and once was expected. It is another version: "
                "look how it reads memory above 2 GiB, and bring SIGNED_POINTERS in tools/python_files.py up to date."
            )
        script = script.replace(wrong, right)
    return script


def with_bytecode(original: Published, start: list[str], folder: Path) -> dict[str, bytes]:
    """Return the standard library, NumPy and the lock file anew, with bytecode for all that a start imports."""
    say("Compiling Python's standard library and NumPy to bytecode")
    wheel, entry = original.wheels["numpy"], original.lock["packages"]["numpy"]
    write_tree(read_zip(original.stdlib), folder / STDLIB)
    write_tree(trimmed_numpy(wheel), folder / SITE_PACKAGES)
    python = compile_python("imported", folder, str(wheel), *start)
    packed = write_wheel(read_tree(folder / SITE_PACKAGES), f"numpy-{entry['version']}.dist-info")
    packages = {name: original.lock["packages"][name] for name in LOCKED}
    packages["numpy"] = {**entry, "sha256": sha256(packed)}
    versions = {"python": python, "numpy": entry["version"], "pyodide": original.version, "numpy_wheel": wheel.name}
    return {
        STDLIB_FILE: write_zip(read_tree(folder / STDLIB)),
        wheel.name: packed,
        "pyodide-lock.json": json.dumps({**original.lock, "packages": packages}, indent=1).encode(),
        "versions.json": json.dumps(versions).encode(),
    }


def trimmed_numpy(wheel: Path) -> dict[str, bytes]:
    """Return the files of NumPy's wheel that a browser can use."""
    files = read_zip(wheel.read_bytes())
    return {
        name: data
        for name, data in files.items()
        if not name.startswith(NUMPY_UNUSED_PARTS) and not name.endswith(NUMPY_UNUSED_KINDS)
    }


# Parts of our package that the page does not have: pytest for a class.
NOT_IN_THE_PAGE = ("backprop/exercises/classroom/",)


def own_package() -> dict[str, bytes]:
    """Return our package twice: the wheel that pip installs, and a zip with bytecode too for the page's start."""
    settings, files = project()["project"], own_files()
    license_text = (ROOT / "LICENSE").read_bytes()

    def make(folder: Path) -> dict[str, bytes]:
        say("Compiling the package backprop to bytecode")
        write_tree(page_files(files), folder / SITE_PACKAGES)
        compile_python("all", folder)
        archive = write_zip(read_tree(folder / SITE_PACKAGES))
        return {
            f"backprop-{settings['version']}-py3-none-any.whl": pure_wheel(files, settings, license_text),
            f"backprop-{sha256(archive)[:12]}{ARCHIVE}": archive,
        }

    return kept("package", {**files, "LICENSE": license_text, "project": json.dumps(settings).encode()}, make)


def own_files() -> dict[str, bytes]:
    """Return the files of our package."""
    files = read_tree(ROOT / "py" / "backprop", "backprop/")
    return {name: data for name, data in files.items() if "__pycache__" not in name}


def page_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those files of our package that the page has."""
    return {name: data for name, data in files.items() if not name.startswith(NOT_IN_THE_PAGE)}


def imported_modules(files: Mapping[str, bytes]) -> list[str]:
    """Return the names of all modules outside our package that its modules import."""
    try:
        trees = [ast.parse(source, f"py/{name}") for name, source in files.items() if name.endswith(".py")]
    except SyntaxError as error:
        raise StepError(f"{error.filename}, line {error.lineno}: {error.msg}. Correct it and build again.") from error
    nodes = [node for tree in trees for node in ast.walk(tree)]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and node.level == 0}
    return sorted(name for name in plain | froms if name.partition(".")[0] != "backprop")


def compile_python(mode: str, folder: Path, *rest: str) -> str:
    """Compile a tree to bytecode with Pyodide in Node; return the Python version that did it."""
    return run_node(ROOT / "tools" / "bytecode.mjs", mode, str(folder), *rest).splitlines()[-1]
