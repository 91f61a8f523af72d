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
import time
import venv
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import chromium, requirements
from tools.archive import read_tree, sha256, write_tree
from tools.kept import kept
from tools.places import DIST, NPM, ROOT, VENV, WORK, project
from tools.python_files import python_files
from tools.recording import recording
from tools.serve import serve
from tools.site import site
from tools.step import StepError, megabytes, run, say


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
    files = {**read_tree(ROOT / "web"), **vendored(), **python_files(), **recording()}
    files = site({name: data for name, data in files.items() if not name.endswith(".d.ts")})
    changed = mirror(files, DIST)
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
    lit, uplot, inter = NPM / "lit-html", NPM / "uplot", NPM / "@fontsource-variable/inter"
    modules = [*lit.glob("*.js"), *lit.glob("directives/[!u]*.js"), lit / "directives/until.js", lit / "LICENSE"]
    charts = [uplot / "dist/uPlot.esm.js", uplot / "dist/uPlot.min.css", uplot / "LICENSE"]
    letters = [inter / "files/inter-latin-wght-normal.woff2", inter / "LICENSE"]
    return {
        **{f"vendor/lit-html/{path.relative_to(lit).as_posix()}": path.read_bytes() for path in modules},
        **{f"vendor/uplot/{path.name}": path.read_bytes() for path in charts},
        **{f"vendor/inter/{path.name}": path.read_bytes() for path in letters},
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
    for emptied in sorted({parent for name in gone for parent in present[name].parents}, reverse=True):
        if folder in emptied.parents and emptied.exists() and not any(emptied.iterdir()):
            emptied.rmdir()
    changed = {name: data for name, data in files.items() if name not in present or present[name].read_bytes() != data}
    write_tree(changed, folder)
    return len(changed) + len(gone)


# ---- Tests ----


def test(arguments: Sequence[str]) -> int:
    """Run every check, then pytest with `arguments`; return pytest's exit code, or 1 if a check failed."""
    python = set_up()
    suite_wheels(python)
    with ThreadPoolExecutor() as beside:
        failures = [failure for failure in beside.map(check, *zip(*checks(python).items(), strict=True)) if failure]
    say("\nTests")
    command: list[str | Path] = [python, "-m", "pytest", *workers(arguments), *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    for failure in failures:
        say(f"\n{failure}")
    return code or (1 if failures else 0)


def set_up() -> Path:
    """Make dist/, .venv and a browser side by side; return the Python of .venv."""
    with ThreadPoolExecutor() as beside:
        site, python = beside.submit(build), beside.submit(make_venv)
        chromium.find_or_install(python.result, ROOT)
        site.result()
    return python.result()


def workers(arguments: Sequence[str]) -> list[str]:
    """Return how pytest runs all tests: in processes, with the slowest named; nothing if `arguments` choose a few."""
    alone = ("-k", "-m", "-n", "-p", "-s", "--pdb")
    chosen = any(not argument.startswith("-") or argument.startswith(alone) for argument in arguments)
    if chosen:
        return []
    # By file, as the tests of one share a page; in their order, as the browser's come first and take longest.
    shared = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder"]
    # A browser on a busy machine can miss its moment: a test that fails runs once more, and is listed as rerun.
    return [*shared, "--durations=25", "--reruns=1", "-rR"]


def checks(python: Path) -> dict[str, list[str | Path]]:
    """Return the checks that need no test runner: what each is about → its command."""
    bin_folder = NPM / ".bin"
    suffix = ".cmd" if sys.platform == "win32" else ""
    colors = "--colors=force" if sys.stdout.isatty() else "--colors=off"
    return {
        "Python format (cure: ruff format)": [python, "-m", "ruff", "format", "--check", "."],
        "Python lint": [python, "-m", "ruff", "check", "."],
        "Python types": [python, "-m", "mypy", "--strict", "py", "build.py", "tools"],
        "JavaScript format and lint (cure: npx biome check --write)": [
            bin_folder / f"biome{suffix}",
            "ci",
            "--error-on-warnings",
            colors,
        ],
        "JavaScript types": [bin_folder / f"tsc{suffix}", "--checkJs", "--strict", "--noEmit", "-p", "."],
        "JavaScript tests": page_tests(sorted((ROOT / "tests" / "web").rglob("*.test.mjs"))),
    }


def page_tests(files: Sequence[Path]) -> list[str | Path]:
    """Return the command that runs tests of the page in Node.js; it names the tests that fail, and only those."""
    reporter = (ROOT / "tools" / "page_tests.mjs").as_uri()
    return ["node", "--no-warnings", "--test", f"--test-reporter={reporter}", *files]


def check(name: str, command: Sequence[str | Path]) -> str | None:
    """Run one check and print its heading with its messages; return what failed, or None."""
    try:
        run(command, ROOT, f"Its messages are above, under the heading {name!r}.", heading=name)
    except StepError as error:
        return str(error)
    return None


def make_venv() -> Path:
    """Return the Python of .venv, with the package (editable) and the pinned test dependencies in it."""
    python = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    settings = project()
    locked = requirements.read()
    wanted = sha256(json.dumps([sys.version, settings["build-system"], settings["project"], locked]).encode())
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    say("Making .venv and installing the test dependencies of requirements.txt")
    try:
        venv.create(VENV, clear=Path(sys.prefix) != VENV, with_pip=True, symlinks=os.name != "nt")
    except subprocess.CalledProcessError as error:
        raise StepError("Making .venv failed. On Debian and Ubuntu: apt-get install python3-venv") from error
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    advice = "pip's own words are above. Is the package index reachable?"
    run([*pip, "--require-hashes", "--requirement", requirements.FILE], ROOT, advice)
    # With the build tools of .venv: in a place of its own pip would fetch others, unchecked.
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", "."], ROOT, advice)
    stamp.write_text(wanted, "utf-8")
    return python


def suite_wheels(python: Path) -> None:
    """Get pytest and Hypothesis as wheels, for the run of the suite inside the browser: .build/suite/*/."""
    locked = requirements.locked(project()["dependency-groups"]["suite"])

    def make(folder: Path) -> dict[str, bytes]:
        say("Downloading the wheels that the tests inside the browser need")
        (folder / "locked.txt").write_text(locked, "utf-8")
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--platform=any", "--disable-pip-version-check"]
        options += ["--require-hashes", "--requirement", str(folder / "locked.txt")]
        run(
            [python, "-m", "pip", "download", *options, "--dest", folder],
            ROOT,
            "pip's own words are above. Is the package index reachable?",
        )
        return read_tree(folder, ending=".whl")

    kept("suite", {"locked": locked.encode()}, make)


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmark on the built site; return its exit code."""
    python = set_up()
    command: list[str | Path] = [python, ROOT / "tests" / "bench" / "run.py", DIST, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
