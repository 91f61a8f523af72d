"""dist/python/: Pyodide, the pack of a start with bytecode, the packages of its lock file, and our own package."""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.archive import pure_wheel, read_tree, read_zip, sha256, write_tree
from tools.kept import kept
from tools.pack import LATE_MODULES, ON_USE, SITE_PACKAGES, STDLIB, late_modules, module_name, stored_stdlib, write_pack
from tools.places import NPM, ROOT, project
from tools.simd import LOOPS_FILE, loops
from tools.step import StepError, run_node, say
from tools.wheels import CDN, cache_folder, fetch, locked_wheels

PYODIDE = NPM / "pyodide"
# Zip archives under a name that download managers let pass: some take every `.zip`, and the page gets nothing.
STDLIB_FILE = "python_stdlib.data"
PACK_FILE = "start.data"
LOCKED = ("numpy", "micropip", "packaging")
# A module of the page's own: imports that fetch what the pack does not hold.
FETCHING = ROOT / "web" / "engine" / "late_modules.py"
# What is used without an import of ours: a part of NumPy, and the encoding of names in a zip archive.
WITHOUT_IMPORT = ("numpy.random", "encodings.cp437")
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
    """Return dist/python/: Pyodide, the pack of a start, all that is published, our own wheel, and manifest.json."""
    original = published()
    start = imported_modules(start_files())
    fast = fast_start(original, [*start, *WITHOUT_IMPORT])
    versions = json.loads(fast.pop("versions.json"))
    own = own_package()
    wheel = next(name for name in own if name.endswith(".whl"))
    files = {**as_published(original), wheel: own[wheel], **loops()}
    late = json.dumps(late_archives(original, files, fast)).encode()
    packed = {**fast, **{name: data for name, data in own.items() if name != wheel}, LATE_MODULES: late}
    files[PACK_FILE] = packed_files(packed)
    manifest = {
        "files": [  # fetched at every start
            {"file": name, "bytes": len(files[name]), "sha256": sha256(files[name])}
            for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", PACK_FILE, LOOPS_FILE)
        ],
        "pack": PACK_FILE,
        "stdlib": STDLIB_FILE,
        "loops": LOOPS_FILE,
        "wheel": wheel,
        "lock": {"info": original.lock["info"], "packages": {}},
        "version": project()["project"]["version"],
        **versions,
    }
    files["manifest.json"] = json.dumps(manifest, indent=1).encode()
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


def as_published(original: Published) -> dict[str, bytes]:
    """Return Pyodide's files and packages as they are published, its script mended."""
    glue = PYODIDE / "pyodide.asm.mjs"
    packages = {name: original.lock["packages"][name] for name in LOCKED}
    paths = [PYODIDE / "pyodide.mjs", PYODIDE / "pyodide.asm.wasm", *original.wheels.values()]
    return {
        **{path.name: path.read_bytes() for path in paths},
        glue.name: with_unsigned_pointers(glue.read_bytes().decode()).encode(),
        STDLIB_FILE: original.stdlib,
        "pyodide-lock.json": json.dumps({**original.lock, "packages": packages}, indent=1).encode(),
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


def fast_start(original: Published, start: list[str]) -> dict[str, bytes]:
    """Return what a start imports of the standard library and of NumPy, by its path in the pack, and versions.json."""
    hashes = json.dumps([original.lock["packages"][name]["sha256"] for name in LOCKED])
    inputs = {"stdlib": original.stdlib, "wheels": hashes.encode(), "start": json.dumps(start).encode()}
    return kept("runtime", inputs, lambda folder: compiled(original, start, folder))


def compiled(original: Published, start: list[str], folder: Path) -> dict[str, bytes]:
    """Compile the modules that a start imports, and find the extension modules among them."""
    say("Compiling Python's standard library and NumPy to bytecode")
    write_tree(read_zip(original.stdlib), folder / STDLIB)
    write_tree(read_zip(original.wheels["numpy"].read_bytes()), folder / SITE_PACKAGES)
    *extensions, python = compile_python("imported", folder, *start)
    wanted = {
        path.removeprefix("/") for path in extensions if module_name(path.rpartition("site-packages/")[2]) not in ON_USE
    }
    tree = read_tree(folder)
    made = {name: data for name, data in tree.items() if name.endswith((".pyc", "/METADATA")) or name in wanted}
    library = {name.removeprefix(f"{STDLIB}/"): data for name, data in made.items() if name.startswith(f"{STDLIB}/")}
    packages = {name: data for name, data in made.items() if name.startswith(SITE_PACKAGES)}
    versions = {
        "python": python,
        "numpy": original.lock["packages"]["numpy"]["version"],
        "pyodide": original.version,
        "numpy_wheel": original.wheels["numpy"].name,
    }
    return {STDLIB: stored_stdlib(library), **packages, "versions.json": json.dumps(versions).encode()}


def packed_files(files: Mapping[str, bytes]) -> bytes:
    """Return the pack of these files, made again only if one of them has changed."""
    made = kept("pack", files, lambda _: {PACK_FILE: write_pack(files)})
    return made[PACK_FILE]


def late_archives(original: Published, files: Mapping[str, bytes], packed: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the archives with modules that no start imports: file, hash, names of those modules."""
    wheel = original.wheels["numpy"].name
    numpy = [name.removeprefix(SITE_PACKAGES) for name in packed if name.startswith(SITE_PACKAGES)]
    there = {STDLIB_FILE: list(read_zip(packed[STDLIB])), wheel: numpy}
    return [
        {
            "file": name,
            "sha256": sha256(files[name]),
            "modules": late_modules(read_zip(files[name]), there[name]),
            "on_use": [module for module in ON_USE if module.partition(".")[0] == name.partition("-")[0]],
        }
        for name in there
    ]


# Exercises are compiled when a learner opens one; their bytecode would be fetched at every start.
UNCOMPILED = re.compile(r"/backprop/exercises/\w+/__pycache__/")
# Parts of our package that the page does not have: the command line, its processes, and pytest for a class.
NOT_IN_THE_PAGE = ("backprop/cli/", "backprop/workers/", "backprop/__main__.py", "backprop/exercises/classroom/")


def own_package() -> dict[str, bytes]:
    """Return the wheel that pip installs, and our modules with their bytecode by their paths in the pack."""
    settings, files, modules = project()["project"], own_files(), start_files()
    license_text = (ROOT / "LICENSE").read_bytes()

    def make(folder: Path) -> dict[str, bytes]:
        say("Compiling the package backprop to bytecode")
        write_tree(modules, folder / SITE_PACKAGES)
        compile_python("all", folder)
        wheel = {f"backprop-{settings['version']}-py3-none-any.whl": pure_wheel(files, settings, license_text)}
        return {**wheel, **{name: data for name, data in read_tree(folder).items() if not UNCOMPILED.search(name)}}

    return kept(
        "package", {**files, **modules, "LICENSE": license_text, "project": json.dumps(settings).encode()}, make
    )


def own_files() -> dict[str, bytes]:
    """Return the files of our package."""
    files = read_tree(ROOT / "py" / "backprop", "backprop/")
    return {name: data for name, data in files.items() if "__pycache__" not in name}


def page_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those files of our package that the page has."""
    return {name: data for name, data in files.items() if not name.startswith(NOT_IN_THE_PAGE)}


def start_files() -> dict[str, bytes]:
    """Return our modules of a start: those of the package that the page has, and the one that fetches other modules."""
    return {**page_files(own_files()), FETCHING.name: FETCHING.read_bytes()}


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


def compile_python(mode: str, folder: Path, *rest: str) -> list[str]:
    """Compile a tree to bytecode with Pyodide in Node; return what it prints, at the end the version of Python."""
    return run_node(ROOT / "tools" / "bytecode.mjs", mode, str(folder), *rest).splitlines()
