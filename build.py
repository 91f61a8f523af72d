"""The one door: build the site, serve it, check it, test it, measure it.

    python3 build.py                  build dist/, the whole site as plain static files
    python3 build.py serve            build it, and serve it on http://localhost:8000 (--port N, --no-open)
    python3 build.py serve --watch    the same; rebuild and reload after each change of a file
    python3 build.py check            format, lint and types
    python3 build.py fix              write generated files; repair format and lint, as far as a machine can
    python3 build.py test --fast      check, and the tests that need neither the site nor a browser
    python3 build.py test [...]       every check and every test; the rest goes to pytest (-k loss)
    python3 build.py test --nightly   the same, with many more kills, faults, fuzzed files and examples
    python3 build.py bench [part ...] measure, and write docs/benchmarks.md (--quick: one round)

It needs Python 3.11 or newer and Node.js 20 or newer, and nothing else: this file uses the standard library only.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import chromium
from tools.archive import read_tree
from tools.checks import page_tests, repairs, run_side_by_side, static_checks
from tools.environment import make_venv, suite_wheels
from tools.mirror import mirror
from tools.npm import install_npm, types, vendored
from tools.places import DIST, ROOT, WORK
from tools.python_files import python_files
from tools.recording import recording
from tools.serve import serve
from tools.site import site
from tools.step import StepError, megabytes, run, say
from tools.watch import Changes, reloading, watch

# What dist/ is made from; a change in py/ takes longer, as bytecode and the recorded first run are made again.
SOURCES = (ROOT / "web", ROOT / "py" / "backprop")
# Tests of the fast tier: those that need neither dist/ nor a browser, and take less than a quarter of a second.
FAST = "not browser and not built and not slow"
# Every failure of the storage, in Node.js: ten seconds, for the other tiers.
SLOW_IN_NODE = ROOT / "tests" / "web" / "storage" / "faults.test.mjs"
FAILED = 1  # exit code of pytest if tests failed


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = commands()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in {"test", "bench"}:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    try:
        return run_command(options, rest)
    except StepError as error:
        say(f"\nStopped: {error}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def commands() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.set_defaults(command="build")
    choices = parser.add_subparsers(dest="command", metavar="command")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return choices.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False)

    add("build", "build dist/, the whole site as plain static files (the default)")
    serving = add("serve", "build the site and serve it")
    serving.add_argument("--port", type=int, default=8000, help="where to serve (default: 8000)")
    serving.add_argument("--no-open", action="store_true", help="do not open a browser")
    serving.add_argument("--watch", action="store_true", help="rebuild and reload after each change of a file")
    add("check", "check format, lint and types")
    add("fix", "write generated files; repair format and lint, as far as a machine can")
    testing = add("test", "run every check and every test; other arguments go to pytest")
    tiers = testing.add_mutually_exclusive_group()
    tiers.add_argument("--fast", action="store_true", help="only what needs neither the site nor a browser")
    tiers.add_argument("--nightly", action="store_true", help="with many more kills, faults, fuzzed files and examples")
    add("bench", "measure the built site, and write docs/benchmarks.md; other arguments go to tests/bench")
    return parser


def run_command(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the chosen command and return its exit code."""
    match options.command:
        case "check":
            return report(run_side_by_side(static_checks(set_up_checks())))
        case "fix":
            return fix()
        case "test" if options.fast:
            return test_fast(rest)
        case "test":
            return test([*(["--nightly"] if options.nightly else []), *rest])
        case "bench":
            return bench(rest)
    build()
    if options.command == "serve" and options.watch:
        changes = Changes()
        with watch(SOURCES, build, changes):
            serve(DIST, options.port, not options.no_open, handler=reloading(changes))
    elif options.command == "serve":
        serve(DIST, options.port, not options.no_open)
    return 0


# ---- The site ----


def build() -> None:
    """Make dist/, and .build/types for the type checker."""
    started = time.perf_counter()
    install_npm()
    files = {**read_tree(ROOT / "web"), **vendored(), **python_files(), **recording()}
    files = site({name: data for name, data in files.items() if not name.endswith((".d.ts", ".py", ".pyc"))})
    changed = mirror(files, DIST)
    mirror(types(), WORK / "types")
    size = megabytes(sum(len(data) for data in files.values()))
    seconds = time.perf_counter() - started
    say(f"dist/ is ready: {len(files)} files, {size}, {changed} changed, in {seconds:.1f} s")


# ---- Checks and tests ----


def set_up_checks() -> Path:
    """Make all that checks need, and no site; return the Python of .venv."""
    install_npm()
    mirror(types(), WORK / "types")
    return make_venv()


def set_up() -> Path:
    """Make dist/, .venv and a browser side by side; return the Python of .venv."""
    with ThreadPoolExecutor() as beside:
        site, python = beside.submit(build), beside.submit(make_venv)
        chromium.find_or_install(python.result, ROOT)
        site.result()
    return python.result()


def fix() -> int:
    """Write generated files, repair format and lint; return 1 if something is left that only people can repair."""
    python = set_up_checks()
    for command in repairs(python):
        run(command, ROOT, "Its messages are above.")
    return report(run_side_by_side(static_checks(python)))


def test_fast(arguments: Sequence[str]) -> int:
    """Run the checks, the page's tests in Node.js and the Python tests that need no site; return the exit code."""
    python = set_up_checks()
    quick = sorted({*(ROOT / "tests" / "web").rglob("*.test.mjs")} - {SLOW_IN_NODE})
    failures = run_side_by_side({**static_checks(python), "JavaScript tests": page_tests(quick)})
    folders = [] if arguments else ["tests/python", "tests/contract"]
    code = pytest(python, [*workers(arguments), "-m", FAST, "--fast", *folders, *arguments])
    return report(failures) or code


def test(arguments: Sequence[str]) -> int:
    """Run every check, then pytest with `arguments`; return pytest's exit code, or 1 if a check failed."""
    python = set_up()
    suite_wheels(python)
    failures = run_side_by_side({**static_checks(python), "JavaScript tests": page_tests()})
    code = twice(python, workers(arguments), arguments)
    return report(failures) or code


def twice(python: Path, whole: Sequence[str], arguments: Sequence[str]) -> int:
    """Run pytest, and what failed in a whole run once more: a browser on a busy machine can miss its moment."""
    code = pytest(python, [*whole, *arguments])
    if not whole or code != FAILED:
        return code
    say("\nWhat failed runs once more")
    return pytest(python, ["--last-failed", "--last-failed-no-failures=none", "--maxfail=3", *arguments])


def pytest(python: Path, arguments: Sequence[str]) -> int:
    """Run pytest and return its exit code."""
    say("\nTests")
    return subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def workers(arguments: Sequence[str]) -> list[str]:
    """Return how pytest runs all tests: in processes, with the slowest named; nothing if `arguments` choose a few."""
    alone = ("-k", "-m", "-n", "-p", "-s", "--pdb")
    chosen = any(not argument.startswith("-") or argument.startswith(alone) for argument in arguments)
    if chosen:
        return []
    # One more process than cores, as a test of a page often waits; at most 4, each with a browser of about 1 GB.
    processes = min(4, (os.cpu_count() or 1) + 1)
    # By file, as the tests of one share a page; in their order, as the browser's come first and take longest.
    return [f"--numprocesses={processes}", "--dist=loadfile", "--no-loadscope-reorder", "--durations=25"]


def report(failures: Sequence[str]) -> int:
    """Print what failed; return 1 if anything did."""
    for failure in failures:
        say(f"\n{failure}")
    return 1 if failures else 0


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks on the built site; return their exit code."""
    python = set_up()
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # one thread, as in the browser
    return subprocess.run([python, "-m", "tests.bench", *arguments], cwd=ROOT, env=alone, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
