"""Limits: short functions, short files, few parameters; what is over a limit stands by name in limits.toml."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tools.places import NPM, ROOT, project

pytestmark = pytest.mark.native  # reads the repository

MAX_FUNCTION_LINES = 80
MAX_FILE_LINES = 250
MAX_PARAMETERS = 4
TREES = ("py", "web", "tools")
KINDS = (".py", ".js", ".mjs", ".css", ".ts")
RULES = {"functions": "noExcessiveLinesPerFunction", "parameters": "useMaxParams"}


def exceptions(limit: str) -> dict[str, str]:
    """What may be over a limit, and the issue that ends this."""
    found: dict[str, str] = tomllib.loads(Path(__file__).with_name("limits.toml").read_text("utf-8"))[limit]
    return found


def biome(limit: str, folder: Path = ROOT, places: tuple[str, ...] = ("web", "tools", "tests")) -> set[str]:
    """Functions of JavaScript over a limit of biome.json, as `path: name`."""
    command = ["node", NPM / "@biomejs/biome/bin/biome", "lint", f"--only=complexity/{RULES[limit]}"]
    options = ["--reporter=json", "--max-diagnostics=none"]
    done = subprocess.run([*command, *options, *places], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    return {
        f"{place['path']}: {function_name(folder / place['path'], **place['start'])}"
        for place in (diagnostic["location"] for diagnostic in json.loads(done.stdout)["diagnostics"])
    }


def ruff() -> set[str]:
    """Functions of Python with too many positional parameters, those too that a comment lets pass."""
    command = [sys.executable, "-m", "ruff", "check", "--select=PLR0917", "--ignore-noqa", "--output-format=json"]
    done = subprocess.run([*command, "."], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    return {
        f"{path.relative_to(ROOT).as_posix()}: {function_name(path, place['row'], place['column'])}"
        for path, place in ((Path(found["filename"]), found["location"]) for found in json.loads(done.stdout))
    }


def function_name(path: Path, line: int, column: int) -> str:
    """The name of the function that begins, or whose parameters begin, at a place; "" if it has none."""
    text = path.read_text("utf-8").splitlines()[line - 1]
    after = re.search(r"\bdef (\w+)", text) or re.match(r"(?:async )?function\*? ([\w$]+)", text[column - 1 :])
    before = re.search(r"([\w$]+)(?: = (?:async )?)?$", text[: column - 1])
    return (after or before or [""] * 2)[1]


def long_python_functions(paths: list[Path]) -> set[str]:
    return {
        f"{path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name}: {node.name}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION_LINES
    }


def long_files() -> set[str]:
    files = [ROOT / "build.py", *(path for tree in TREES for path in (ROOT / tree).rglob("*"))]
    return {
        path.relative_to(ROOT).as_posix()
        for path in files
        if path.suffix in KINDS and len(path.read_text("utf-8").splitlines()) > MAX_FILE_LINES
    }


def over(limit: str) -> set[str]:
    """Everything that is over a limit."""
    if limit == "files":
        return long_files()
    python = [path for tree in ("py", "tools", "tests") for path in (ROOT / tree).rglob("*.py")]
    return biome(limit) | (ruff() if limit == "parameters" else long_python_functions([ROOT / "build.py", *python]))


@pytest.mark.slow
@pytest.mark.parametrize("limit", ["functions", "files", "parameters"])
def test_what_is_over_a_limit_is_known_by_name(limit: str) -> None:
    listed, found = exceptions(limit).keys(), over(limit)
    assert sorted(found - listed) == [], "over the limit: make it shorter, or give it fewer parameters"
    assert sorted(listed - found) == [], "no longer over the limit: take it out of limits.toml"
    assert all(exceptions(limit).values())


def test_the_linters_hold_these_limits() -> None:
    complexity: dict[str, Any] = json.loads((ROOT / "biome.json").read_text("utf-8"))["linter"]["rules"]["complexity"]
    assert complexity[RULES["functions"]] == {"level": "error", "options": {"maxLines": MAX_FUNCTION_LINES}}
    assert complexity[RULES["parameters"]] == {"level": "error", "options": {"max": MAX_PARAMETERS}}
    lint = project()["tool"]["ruff"]["lint"]
    assert lint["pylint"]["max-positional-args"] == MAX_PARAMETERS
    assert "PLR" in lint["select"]


@pytest.mark.slow
def test_functions_over_a_limit_are_found_and_named(tmp_path: Path) -> None:
    settings = json.loads((ROOT / "biome.json").read_text("utf-8"))
    (tmp_path / "biome.json").write_text(json.dumps({"linter": settings["linter"]}), "utf-8")
    body = "  one();\n" * (MAX_FUNCTION_LINES + 1)
    (tmp_path / "long.js").write_text(
        f"export function first() {{\n{body}}}\nconst second = async () => {{\n{body}}};\n"
        f"export async function third() {{\n  one();\n}}\n",
        "utf-8",
    )
    (tmp_path / "wide.js").write_text(
        "function first(a, b, c, d, e) {}\nexport const second = (a, b, c, d, e) => a;\nclass A {\n"
        "  third(a, b, c, d, e) {}\n}\nfunction fourth(a, b, c, d) {}\n",
        "utf-8",
    )
    assert biome("functions", tmp_path, (".",)) == {"long.js: first", "long.js: second"}
    assert biome("parameters", tmp_path, (".",)) == {f"wide.js: {name}" for name in ("first", "second", "third")}
    python = tmp_path / "long.py"
    python.write_text("def first():\n" + "    one()\n" * MAX_FUNCTION_LINES + "def second():\n    one()\n", "utf-8")
    assert long_python_functions([python]) == {"long.py: first"}
