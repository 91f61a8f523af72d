"""dist/python/: Pyodide with bytecode for a fast start, the packages of its lock file, and our own package."""

import ast
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools.archive import pure_wheel, read_tree, read_zip, sha256, write_tree, write_wheel, write_zip
from tools.kept import kept
from tools.places import NPM, ROOT, project
from tools.step import StepError, say
from tools.wheels import CDN, cache_folder, fetch, locked_wheels

# Where Pyodide finds the standard library and packages in its file system.
STDLIB = "lib/python314.zip/"
SITE_PACKAGES = "lib/python3.14/site-packages/"
LOCKED = ("numpy", "micropip", "packaging")
# What nothing in a browser can use of NumPy: type stubs, headers and libraries for C, and a LAPACK that it never calls.
# numpy.f2py cannot work there either, but `from numpy import *` imports it.
NUMPY_UNUSED_PARTS = ("numpy/_pyinstaller/", "numpy/linalg/lapack_lite")
NUMPY_UNUSED_KINDS = (".pyi", ".pxd", ".h", ".a", ".c", ".pc", ".ini", ".build", ".npy", "py.typed", "entry_points.txt")


def python_files() -> dict[str, bytes]:
    """Return dist/python/: Pyodide, the packages of its lock file, our own, and manifest.json."""
    runtime = pyodide_runtime()
    versions = json.loads(runtime.pop("versions.json"))
    own = own_package()
    package = next(name for name in own if name.endswith(".zip"))
    start = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"]
    start += [versions.pop("numpy_wheel"), package]
    files = {**runtime, **own}
    manifest = {
        "files": [{"file": name, "bytes": len(files[name])} for name in start],  # fetched at every start
        "package": package,
        "wheel": next(name for name in own if name.endswith(".whl")),
        "version": project()["project"]["version"],
        **versions,
    }
    files["manifest.json"] = json.dumps(manifest, indent=2).encode()
    return {f"python/{name}": data for name, data in files.items()}


def pyodide_runtime() -> dict[str, bytes]:
    """Return Pyodide with bytecode for what every start imports, and a lock file with the new hashes."""
    source = NPM / "pyodide"
    lock = json.loads((source / "pyodide-lock.json").read_text("utf-8"))
    wheels = locked_wheels(source / "pyodide-lock.json", LOCKED)
    version = json.loads((source / "package.json").read_text("utf-8"))["version"]
    paths = fetch(wheels, cache_folder(), CDN.format(version=version))
    numpy_wheel = wheels[LOCKED.index("numpy")].file
    start = imported_modules(own_sources().values())
    plain = {name: (source / name).read_bytes() for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")}
    stdlib = (source / "python_stdlib.zip").read_bytes()

    def make(folder: Path) -> dict[str, bytes]:
        say("Compiling Python's standard library and NumPy to bytecode")
        write_tree({STDLIB + name: data for name, data in read_zip(stdlib).items()}, folder)
        write_tree({SITE_PACKAGES + name: data for name, data in trimmed_numpy(paths[numpy_wheel]).items()}, folder)
        python = compile_python("imported", folder, str(paths[numpy_wheel]), *start)
        numpy = lock["packages"]["numpy"]
        packed = write_wheel(read_tree(folder / SITE_PACKAGES), f"numpy-{numpy['version']}.dist-info")
        packages = {name: lock["packages"][name] for name in LOCKED}
        packages["numpy"] = {**numpy, "sha256": sha256(packed)}
        return {
            "python_stdlib.zip": write_zip(read_tree(folder / STDLIB)),
            numpy_wheel: packed,
            "pyodide-lock.json": json.dumps({**lock, "packages": packages}, indent=1).encode(),
            "versions.json": json.dumps(
                {"python": python, "numpy": numpy["version"], "pyodide": version, "numpy_wheel": numpy_wheel}
            ).encode(),
        }

    inputs = {
        "stdlib": stdlib,
        "start": " ".join(start).encode(),
        **{wheel.file: wheel.sha256.encode() for wheel in wheels},
    }
    unchanged = {wheel.file: paths[wheel.file].read_bytes() for wheel in wheels if wheel.file != numpy_wheel}
    return {**plain, **unchanged, **kept("runtime", inputs, make)}


def trimmed_numpy(wheel: Path) -> dict[str, bytes]:
    """Return the files of NumPy's wheel that a browser can use."""
    files = read_zip(wheel.read_bytes())
    return {
        name: data
        for name, data in files.items()
        if not name.startswith(NUMPY_UNUSED_PARTS) and not name.endswith(NUMPY_UNUSED_KINDS)
    }


def own_package() -> dict[str, bytes]:
    """Return our package twice: the wheel that pip installs, and a zip with bytecode too for the page's start."""
    settings = project()["project"]
    modules = {**own_sources(), "backprop/py.typed": b""}
    license_text = (ROOT / "LICENSE").read_bytes()

    def make(folder: Path) -> dict[str, bytes]:
        say("Compiling the package backprop to bytecode")
        write_tree({SITE_PACKAGES + name: data for name, data in modules.items()}, folder)
        compile_python("all", folder)
        archive = write_zip(read_tree(folder / SITE_PACKAGES))
        return {
            f"backprop-{settings['version']}-py3-none-any.whl": pure_wheel(modules, settings, license_text),
            f"backprop-{sha256(archive)[:12]}.zip": archive,  # a new name for new contents: browsers cache by name
        }

    return kept("package", {**modules, "LICENSE": license_text, "project": json.dumps(settings).encode()}, make)


def own_sources() -> dict[str, bytes]:
    """Return the modules of our package."""
    return read_tree(ROOT / "py" / "backprop", "backprop/", ".py")


def imported_modules(sources: Iterable[bytes]) -> list[str]:
    """Return the names of all modules outside our package that its sources import."""
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and node.level == 0}
    return sorted(name for name in plain | froms if name.partition(".")[0] != "backprop")


def compile_python(mode: str, folder: Path, *rest: str) -> str:
    """Compile a tree to bytecode with Pyodide in Node; return the Python version that did it."""
    node = shutil.which("node")
    if node is None:
        raise StepError(
            "node was not found. Install Node.js 20 or newer (https://nodejs.org), then run the command again."
        )
    command = [node, str(ROOT / "tools" / "bytecode.mjs"), mode, str(folder), *rest]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise StepError(
            f"This command failed with exit code {done.returncode}:\n    {' '.join(command)}\n{done.stderr}"
        )
    return done.stdout.strip().splitlines()[-1]
