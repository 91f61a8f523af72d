"""The one door: build the site, serve it, test it, measure it.

    python3 build.py                  build dist/, the whole site as plain static files
    python3 build.py serve            build, and serve it on http://localhost:8000 (--port N, --no-open)
    python3 build.py test [...]       set everything up and run every check; the rest goes to pytest (-k loss)
    python3 build.py bench [...]      measure

It needs Python 3.11 or newer and Node.js 20 or newer, and nothing else: this file uses the standard library only.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools import chromium
from tools.archive import pure_wheel, read_tree, read_zip, sha256, write_tree, write_wheel, write_zip
from tools.serve import serve
from tools.step import StepError, megabytes, run, say
from tools.wheels import CDN, cache_folder, fetch, locked_wheels

ROOT = Path(__file__).resolve().parent
DIST = ROOT / "dist"
WORK = ROOT / ".build"  # what can be made again
NPM = ROOT / "node_modules"
VENV = ROOT / ".venv"
RECIPES = ("build.py", "tools/archive.py", "tools/bytecode.mjs")  # a change here makes everything anew

# Where Pyodide finds the standard library and packages in its file system.
STDLIB = "lib/python314.zip/"
SITE_PACKAGES = "lib/python3.14/site-packages/"
LOCKED = ("numpy", "micropip", "packaging")
# Parts of NumPy that nothing in a browser can use: compiling Fortran and C, type stubs, and LAPACK's fallback for C.
NUMPY_UNUSED_PARTS = ("numpy/f2py/", "numpy/_pyinstaller/", "numpy/linalg/lapack_lite")
NUMPY_UNUSED_KINDS = (".pyi", ".pxd", ".h", ".a", ".c", ".pc", ".ini", ".build", ".npy", "py.typed", "entry_points.txt")


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?", default="build", choices=["build", "serve", "test", "bench"])
    parser.add_argument("--port", type=int, default=8000, help="for serve (default: 8000)")
    parser.add_argument("--no-open", action="store_true", help="for serve: do not open a browser")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command in {"build", "serve"}:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    try:
        if options.command in {"test", "bench"}:
            return {"test": test, "bench": bench}[options.command](rest)
        build()
        if options.command == "serve":
            serve(DIST, options.port, open_browser=not options.no_open)
    except StepError as error:
        say(f"\nStopped: {error}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    return 0


# ---- The site ----


def build() -> None:
    """Make dist/, and .build/types for the type checker."""
    started = time.perf_counter()
    install_npm()
    files = {**read_tree(ROOT / "web"), **vendored(), **python_files()}
    changed = mirror({name: data for name, data in files.items() if not name.endswith(".d.ts")}, DIST)
    mirror(types(), WORK / "types")
    size = megabytes(sum(len(data) for data in files.values()))
    seconds = time.perf_counter() - started
    say(f"dist/ is ready: {len(files)} files, {size}, {changed} changed, in {seconds:.1f} s")


def install_npm() -> None:
    """Install the pinned npm packages, if they are not the ones of package-lock.json already."""
    lock = sha256((ROOT / "package-lock.json").read_bytes())
    stamp = NPM / ".installed-lock"
    if stamp.exists() and stamp.read_text("utf-8") == lock:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise StepError(
            "npm was not found. Install Node.js 20 or newer (https://nodejs.org), then run the command again."
        )
    say("Installing the npm packages of package-lock.json")
    run([npm, "ci"], ROOT, "Is the npm registry reachable? Then run the command again.")
    stamp.write_text(lock, "utf-8")


def vendored() -> dict[str, bytes]:
    """Return the page's libraries as their authors published them, without lit's unsafe-* directives."""
    lit, uplot = NPM / "lit-html", NPM / "uplot"
    modules = [*lit.glob("*.js"), *lit.glob("directives/[!u]*.js"), lit / "directives/until.js", lit / "LICENSE"]
    charts = [uplot / "dist/uPlot.esm.js", uplot / "dist/uPlot.min.css", uplot / "LICENSE"]
    return {
        **{f"vendor/lit-html/{path.relative_to(lit).as_posix()}": path.read_bytes() for path in modules},
        **{f"vendor/uplot/{path.name}": path.read_bytes() for path in charts},
    }


def types() -> dict[str, bytes]:
    """Return the declarations of vendored modules, at the places that web/ imports the modules from."""
    lit = NPM / "lit-html"
    declarations = [*lit.glob("*.d.ts"), *lit.glob("directives/*.d.ts")]
    return {
        **{f"vendor/lit-html/{path.relative_to(lit).as_posix()}": path.read_bytes() for path in declarations},
        "vendor/uplot/uPlot.esm.d.ts": (NPM / "uplot/dist/uPlot.d.ts").read_bytes(),
        "python/pyodide.d.mts": (NPM / "pyodide/pyodide.d.ts").read_bytes(),
    }


def mirror(files: Mapping[str, bytes], folder: Path) -> int:
    """Make a folder hold exactly these files, touching only what differs; return how many did."""
    present = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    gone = present.keys() - files.keys()
    for name in gone:
        present[name].unlink()
    changed = {name: data for name, data in files.items() if name not in present or present[name].read_bytes() != data}
    write_tree(changed, folder)
    return len(changed) + len(gone)


# ---- Python for the browser ----


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
    plain = {name: (source / name).read_bytes() for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")}
    stdlib = (source / "python_stdlib.zip").read_bytes()

    def make(folder: Path) -> dict[str, bytes]:
        say("Compiling Python's standard library and NumPy to bytecode")
        write_tree({STDLIB + name: data for name, data in read_zip(stdlib).items()}, folder)
        write_tree({SITE_PACKAGES + name: data for name, data in trimmed_numpy(paths[numpy_wheel]).items()}, folder)
        python = compile_python("imported", folder, paths[numpy_wheel])
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

    inputs = {"stdlib": stdlib, **{wheel.file: wheel.sha256.encode() for wheel in wheels}}
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
    modules = read_tree(ROOT / "py" / "backprop", "backprop/", ".py")
    modules["backprop/py.typed"] = b""
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


def compile_python(mode: str, folder: Path, *wheels: Path) -> str:
    """Compile a tree to bytecode with Pyodide in Node; return the Python version that did it."""
    node = shutil.which("node")
    if node is None:
        raise StepError(
            "node was not found. Install Node.js 20 or newer (https://nodejs.org), then run the command again."
        )
    command = [node, str(ROOT / "tools" / "bytecode.mjs"), mode, str(folder), *map(str, wheels)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise StepError(
            f"This command failed with exit code {done.returncode}:\n    {' '.join(command)}\n{done.stderr}"
        )
    return done.stdout.strip().splitlines()[-1]


def kept(name: str, inputs: Mapping[str, bytes], make: Callable[[Path], dict[str, bytes]]) -> dict[str, bytes]:
    """Return what `make` made from these inputs, now or at an earlier build; it gets an empty folder to work in."""
    everything = {**inputs, **{recipe: (ROOT / recipe).read_bytes() for recipe in RECIPES}}
    key = sha256(json.dumps([[name, sha256(everything[name])] for name in sorted(everything)]).encode())
    folder = WORK / name / key[:16]
    if not folder.exists():
        WORK.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=WORK, ignore_cleanup_errors=True) as scratch:
            files = make(Path(scratch))
            shutil.rmtree(WORK / name, ignore_errors=True)
            write_tree(files, Path(scratch) / "made")
            folder.parent.mkdir(parents=True)
            (Path(scratch) / "made").rename(folder)
    return read_tree(folder)


def project() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


# ---- Tests ----


def test(arguments: Sequence[str]) -> int:
    """Run every check, then pytest with `arguments`; return pytest's exit code, or 1 if a check failed."""
    python = make_venv()
    build()
    chromium.find_or_install(python, ROOT)
    suite_wheels(python)
    failures = [failure for name, command in checks(python).items() if (failure := check(name, command))]
    say("\nTests")
    code = subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode
    for failure in failures:
        say(f"\n{failure}")
    return code or (1 if failures else 0)


def checks(python: Path) -> dict[str, list[str | Path]]:
    """Return the checks that need no test runner: what each is about → its command."""
    bin_folder = NPM / ".bin"
    suffix = ".cmd" if sys.platform == "win32" else ""
    return {
        "Python format (cure: ruff format)": [python, "-m", "ruff", "format", "--check", "."],
        "Python lint": [python, "-m", "ruff", "check", "."],
        "Python types": [python, "-m", "mypy", "--strict", "py", "build.py", "tools"],
        "JavaScript format and lint (cure: npx biome check --write)": [
            bin_folder / f"biome{suffix}",
            "ci",
            "--error-on-warnings",
        ],
        "JavaScript types": [bin_folder / f"tsc{suffix}", "--checkJs", "--strict", "--noEmit", "-p", "."],
    }


def check(name: str, command: Sequence[str | Path]) -> str | None:
    """Run one check; return what failed, or None."""
    say(f"\n{name}")
    try:
        run(command, ROOT, "Its messages are above, under the heading " + repr(name) + ".")
    except StepError as error:
        return str(error)
    return None


def make_venv() -> Path:
    """Return the Python of .venv, with the package (editable) and the pinned test dependencies in it."""
    python = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    settings = project()
    groups = settings["dependency-groups"]
    wanted = sha256(json.dumps([sys.version, settings["build-system"], settings["project"], groups]).encode())
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    say("Making .venv and installing the test dependencies of pyproject.toml")
    try:
        venv.create(VENV, clear=Path(sys.prefix) != VENV, with_pip=True, symlinks=os.name != "nt")
    except subprocess.CalledProcessError as error:
        raise StepError("Making .venv failed. On Debian and Ubuntu: apt-get install python3-venv") from error
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, *groups["suite"], *groups["dev"], "--editable", "."], ROOT, "Is the package index reachable?")
    stamp.write_text(wanted, "utf-8")
    return python


def suite_wheels(python: Path) -> None:
    """Get pytest and Hypothesis as wheels, for the run of the suite inside the browser: .build/suite/*/."""
    pins = project()["dependency-groups"]["suite"]

    def make(folder: Path) -> dict[str, bytes]:
        say("Downloading the wheels that the tests inside the browser need")
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--platform=any", "--disable-pip-version-check"]
        run(
            [python, "-m", "pip", "download", *options, "--dest", folder, *pins],
            ROOT,
            "Is the package index reachable?",
        )
        return read_tree(folder)

    kept("suite", {"pins": json.dumps(pins).encode()}, make)


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmark on the built site; return its exit code."""
    python = make_venv()
    build()
    chromium.find_or_install(python, ROOT)
    command: list[str | Path] = [python, ROOT / "tests" / "bench" / "run.py", DIST, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
