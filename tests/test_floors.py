"""Floors: imports go down only, in Python and in the page, and the mathematics knows no browser."""

import ast
import re
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.native  # reads the repository

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / "py" / "backprop"
WEB = ROOT / "web"

# From the ground up. What a module imports, and what that imports in turn, lies below its own floor. A module that is
# not named here stands wherever its imports put it: somewhere, if there is no circle.
FLOORS = [
    {"limits", "activations"},
    {"losses", "sequence_config"},
    {"dataset", "model"},
    {"trainer", "gradcheck", "analysis", "history"},
    {"run_config", "frame"},
    {"training_run"},
    {"record"},
    {"session"},
    {"__init__", "__main__"},
]
OUTSIDE = {"numpy"}


def all_beneath(module: str, imports: dict[str, set[str]]) -> set[str]:
    """What a module imports, and what that imports in turn."""
    found: set[str] = set()
    new = imports[module]
    while new:
        found |= new
        new = set().union(*(imports[name] for name in new)) - found
    return found


def python_imports(path: Path) -> tuple[set[str], set[str]]:
    """Modules of the package that a file imports, and packages from elsewhere."""
    own, other = set(), set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            package = (node.module or "").split(".")
            if node.level == 1:
                own |= {package[0]} if package[0] else {alias.name for alias in node.names}
            elif node.level == 0 and package[0] == "backprop":
                own.add(package[-1])
            else:
                other.add(package[0])
        elif isinstance(node, ast.Import):
            other |= {alias.name.split(".")[0] for alias in node.names}
    return own, other


def web_floor(path: str) -> int:
    """api.d.ts 0; draw, rpc, worker, db, store and what they share 1; views and actions 2; main 3."""
    if path == "main.js":
        return 3
    if path.startswith("views/") or path == "actions.js":
        return 2
    return 1


def web_imports(path: Path) -> set[str]:
    """The page's own modules that a file imports, statically or on demand, as paths below web/."""
    source = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    source = re.sub(r"^\s*//[^\n]*", "", source, flags=re.M)
    found = re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']""", source)
    return {(path.parent / name).resolve().relative_to(WEB).as_posix() for name in found}


def scripts() -> dict[str, set[str]]:
    return {path.relative_to(WEB).as_posix(): web_imports(path) for path in sorted(WEB.rglob("*.js"))}


PYTHON_FILES = sorted(PYTHON.rglob("*.py"))


def own_imports() -> dict[str, set[str]]:
    return {path.stem: python_imports(path)[0] for path in PYTHON_FILES}


def test_every_floor_is_there() -> None:
    assert set().union(*FLOORS) <= own_imports().keys()


@pytest.mark.parametrize("level", range(len(FLOORS)))
def test_python_imports_go_down_only(level: int) -> None:
    imports, here_or_above = own_imports(), set().union(*FLOORS[level:])
    wrong = {module: all_beneath(module, imports) & here_or_above for module in FLOORS[level]}
    assert not any(wrong.values()), f"these reach modules of their own floor or above: {wrong}"


def test_python_imports_have_no_circle() -> None:
    imports = own_imports()
    assert [module for module in imports if module in all_beneath(module, imports)] == []


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: path.stem)
def test_python_needs_numpy_and_the_standard_library_only(path: Path) -> None:
    _, other = python_imports(path)
    assert other - OUTSIDE <= sys.stdlib_module_names
    assert not other & {"js", "pyodide", "pyodide_js"}


def test_the_import_reader_sees_every_kind(tmp_path: Path) -> None:
    python = tmp_path / "some.py"
    python.write_text("import os.path\nfrom . import model\nfrom .session import Session\ndef f():\n    import js\n")
    assert python_imports(python) == ({"model", "session"}, {"os", "js"})


def test_the_pages_imports_go_down_only() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, names in scripts().items()
        for name in names
        if web_floor(name) > web_floor(path) or web_floor(name) == 3
    ]
    assert not wrong


def test_the_pages_imports_have_no_circle() -> None:
    left = scripts()
    while free := {path for path, names in left.items() if not names & left.keys()}:
        left = {path: names for path, names in left.items() if path not in free}
    assert not left, f"these import each other in a circle, or depend on one: {sorted(left)}"


def test_only_actions_talk_to_python_and_only_returns_to_storage() -> None:
    assert [path for path, names in scripts().items() if "rpc.js" in names] == ["actions.js"]
    assert [path for path, names in scripts().items() if "db.js" in names] == ["returns.js"]


def test_draw_knows_draw_only() -> None:
    drawing = {path: names for path, names in scripts().items() if path.startswith("draw/")}
    assert drawing
    assert [
        f"{path}: {name}" for path, names in drawing.items() for name in names if not name.startswith("draw/")
    ] == []


def test_views_know_no_actions_but_those_they_are_given() -> None:
    views = {path: names for path, names in scripts().items() if path.startswith("views/")}
    assert views
    assert [path for path, names in views.items() if names & {"actions.js", "main.js", "rpc.js", "db.js"}] == []
