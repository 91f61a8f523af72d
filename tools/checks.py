"""Checks that need neither the site nor a browser: format, lint, types, and the page's tests in Node.js."""

import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.places import NPM, ROOT
from tools.step import StepError, run

Command = list[str | Path]


def static_checks(python: Path) -> dict[str, Command]:
    """Return the checks that run no test: heading → command."""
    colors = "--colors=force" if sys.stdout.isatty() else "--colors=off"
    return {
        "Python format (repair: build.py fix)": [python, "-m", "ruff", "format", "--check", "."],
        "Python lint": [python, "-m", "ruff", "check", "."],
        "Python types": [python, "-m", "mypy", "--strict", "py", "build.py", "tools"],
        "JavaScript format and lint (repair: build.py fix)": [
            npm_command("biome"),
            "ci",
            "--error-on-warnings",
            colors,
        ],
        "JavaScript types": [npm_command("tsc"), "--checkJs", "--strict", "--noEmit", "-p", "."],
    }


def repairs(python: Path) -> list[Command]:
    """Return the commands that write the generated files, and repair format and lint as far as a machine can."""
    return [
        [python, "-m", "tools.api_types"],
        [python, "-m", "tools.scripting"],
        [python, "-m", "tools.settings_table"],
        [python, "-m", "ruff", "check", "--fix", "--exit-zero", "--quiet", "."],
        [python, "-m", "ruff", "format", "."],
        [npm_command("biome"), "check", "--write", "--diagnostic-level=error"],
    ]


def page_tests(files: Sequence[Path] = ()) -> Command:
    """Return the command that runs tests of the page in Node.js, all or those of some files."""
    reporter = (ROOT / "tools" / "page_tests.mjs").as_uri()
    chosen = files or sorted((ROOT / "tests" / "web").rglob("*.test.mjs"))
    # One more process than cores: Node.js itself leaves one core idle.
    beside = f"--test-concurrency={(os.cpu_count() or 1) + 1}"
    return ["node", "--no-warnings", "--test", beside, f"--test-reporter={reporter}", *chosen]


def npm_command(name: str) -> Path:
    """Return a command of an npm package."""
    return NPM / ".bin" / (f"{name}.cmd" if sys.platform == "win32" else name)


def run_side_by_side(commands: Mapping[str, Command]) -> list[str]:
    """Run commands side by side, each under its heading; return what failed."""
    with ThreadPoolExecutor() as beside:
        failures = beside.map(check, commands.keys(), commands.values())
        return [failure for failure in failures if failure]


def check(heading: str, command: Command) -> str | None:
    """Run one command and print its heading with its output; return what failed, or None."""
    try:
        run(command, ROOT, f"Its messages are above, under the heading {heading!r}.", heading=heading)
    except StepError as error:
        return str(error)
    return None
