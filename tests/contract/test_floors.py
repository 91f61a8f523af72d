"""Floors: imports go down only, from room to room, in the package and in the page; the mathematics knows no browser."""

import ast
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from tools.places import ROOT

pytestmark = pytest.mark.native  # reads the repository


@dataclass(frozen=True)
class Tree:
    """A folder of modules: its rooms from the ground up, and how to read what a module imports.

    A room is a folder, or a module that lies flat beside the folders. What a module imports lies in its own room or on
    a lower floor; a room that is on no floor is an error.
    """

    name: str
    folder: Path
    suffix: str
    floors: list[set[str]]
    max_flat: int
    read_imports: Callable[[Path, Path], set[str]]

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Every module, as its path without suffix, and the modules of the tree that it imports."""
        return {self.module(path): self.read_imports(path, self.folder) for path in self.paths}

    @property
    def paths(self) -> list[Path]:
        """The files of all modules; not the line that only names a room, nor the files that an exercise consists of."""
        found = sorted(self.folder.rglob(f"*{self.suffix}"))
        found = [path for path in found if path.parent.parent.name != "exercises"]
        return [path for path in found if path.parent == self.folder or path.name != "__init__.py"]

    def module(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix().removesuffix(self.suffix)

    def floor(self, module: str) -> int:
        (level,) = [level for level, rooms in enumerate(self.floors) if room(module) in rooms]
        return level


def room(module: str) -> str:
    return module.split("/", maxsplit=1)[0]


def python_imports(path: Path, package: Path) -> tuple[set[str], set[str]]:
    """Modules of the package that a file imports, and packages from elsewhere."""
    own, other = set(), set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            names = [alias.name for alias in node.names if alias.name != "__version__"]  # this one is no module
            found = [folder] if folder.with_suffix(".py").exists() else [folder / name for name in names]
            own |= {module.relative_to(package).as_posix() for module in found}
        elif isinstance(node, ast.ImportFrom):
            other.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Import):
            other |= {alias.name.split(".")[0] for alias in node.names}
    return own, other


def page_imports(path: Path, page: Path) -> set[str]:
    """Modules of the page that a file imports, statically or on demand; not vendored ones."""
    source = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)  # types are imported in comments
    source = re.sub(r"^\s*//[^\n]*", "", source, flags=re.M)
    found = re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']""", source)
    names = {(path.parent / name).resolve().relative_to(page).as_posix() for name in found}
    return {name.removesuffix(".js") for name in names if not name.startswith("vendor/")}


PACKAGE = Tree(
    "package",
    ROOT / "py" / "backprop",
    ".py",
    [
        {"limits", "learner"},
        {"activations"},
        {"settings", "embedding"},
        {"randomness", "buffers", "losses", "optimizers"},
        {"model", "updates", "loops"},
        {"differences", "data", "fields"},
        {"gradcheck", "tensors"},
        {"training", "explain", "exercises"},
        {"monitor"},
        {"runs"},
        {"files", "wire"},
        {"sweep"},
        {"calls", "workers"},
        {"session"},
        {"cli"},
        {"__main__", "__init__"},
    ],
    17,
    lambda path, package: python_imports(path, package)[0],
)
PAGE = Tree(
    "page",
    ROOT / "web",
    ".js",
    [
        {"ui", "tensors", "files", "debug"},
        {"engine", "color", "config", "dataset", "panels"},
        {"storage", "heatmap", "explain", "flow", "guide", "offline"},
        {"share", "saving", "legend", "metrics", "sample"},
        {"training", "phases", "runs", "code", "sweep"},
        {"network", "chart"},
        {"lens", "look", "exercises"},
        {"page"},
        {"main", "start", "sw"},  # start and sw are classic scripts under fixed names, which import nothing
    ],
    3,
    page_imports,
)
TREES = [pytest.param(tree, id=tree.name) for tree in (PACKAGE, PAGE)]
MODULES = [
    pytest.param(tree, tree.module(path), id=f"{tree.name}:{tree.module(path)}")
    for tree in (PACKAGE, PAGE)
    for path in tree.paths
]
OUTSIDE = {"numpy"}


# ---- Of both trees ----


@pytest.mark.parametrize("tree", TREES)
def test_every_room_is_on_one_floor(tree: Tree) -> None:
    assert sorted(name for rooms in tree.floors for name in rooms) == sorted({room(module) for module in tree.imports})


@pytest.mark.parametrize("tree", TREES)
def test_few_modules_lie_flat_and_none_lies_deeper_than_its_room(tree: Tree) -> None:
    assert len([module for module in tree.imports if "/" not in module]) <= tree.max_flat
    assert [module for module in tree.imports if module.count("/") > 1] == []


@pytest.mark.parametrize(("tree", "module"), MODULES)
def test_imports_go_down_only(tree: Tree, module: str) -> None:
    names = tree.imports[module]
    assert names <= tree.imports.keys()
    wrong = {name for name in names if room(name) != room(module) and tree.floor(name) >= tree.floor(module)}
    assert not wrong, f"{module} imports modules of its own floor or above: {wrong}"


@pytest.mark.parametrize("tree", TREES)
def test_imports_have_no_circle(tree: Tree) -> None:
    left = tree.imports
    while free := {module for module, names in left.items() if not names & left.keys()}:
        left = {module: names for module, names in left.items() if module not in free}
    assert not left, f"these import each other in a circle, or depend on one: {sorted(left)}"


# ---- The package ----


@pytest.mark.parametrize("path", [pytest.param(path, id=PACKAGE.module(path)) for path in PACKAGE.paths])
def test_python_needs_numpy_and_the_standard_library_only(path: Path) -> None:
    _, other = python_imports(path, PACKAGE.folder)
    assert other - OUTSIDE <= sys.stdlib_module_names
    assert not other & {"js", "pyodide", "pyodide_js"}


def test_the_reader_of_python_imports_sees_every_kind(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    for name in ("model.py", "session.py", "room/one.py"):
        (tmp_path / name).touch()
    python = tmp_path / "room" / "some.py"
    python.write_text(
        "import os.path\nfrom . import one\nfrom .. import model\nfrom ..session import Session\ndef f(): import js\n"
    )
    assert python_imports(python, tmp_path) == ({"room/one", "model", "session"}, {"os", "js"})
    flat = tmp_path / "flat.py"
    flat.write_text("from .room.one import Some\nfrom .room import one\nfrom backprop.model import Model\n")
    assert python_imports(flat, tmp_path) == ({"room/one"}, {"backprop"})


# ---- The page: a module's name says whether it may call Python ----


def is_view(module: str) -> bool:
    name = module.rpartition("/")[2]
    return name == "view" or name.endswith("_view")


def is_actions(module: str) -> bool:
    name = module.rpartition("/")[2]
    return name == "actions" or name.endswith("_actions")


def test_only_actions_saving_and_page_talk_to_python() -> None:
    talking = [module for module, names in PAGE.imports.items() if "engine/client" in names]
    assert talking
    assert [module for module in talking if not (is_actions(module) or room(module) in {"saving", "page"})] == []


def test_only_saving_talks_to_storage() -> None:
    talking = {module for module, names in PAGE.imports.items() if any(room(name) == "storage" for name in names)}
    assert {room(module) for module in talking if module != "exercises/progress_store"} == {"saving", "storage"}


def test_views_know_nothing_that_acts() -> None:
    """A view may show another one, also of saving; what a visitor does goes through the actions that it is given."""
    views = {module: names for module, names in PAGE.imports.items() if is_view(module)}
    assert views
    acting = {
        f"{module} imports {name}"
        for module, names in views.items()
        for name in names
        if is_actions(name) or (room(name) in {"engine", "saving", "storage"} and not is_view(name))
    }
    assert not acting


def test_the_reader_of_page_imports_sees_every_kind(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    module = tmp_path / "room" / "some.js"
    module.write_text(
        'import { one,\n  two } from "./one.js";\nimport "../two.js";\nexport { three } from "../other/three.js";\n'
        'import { html } from "../vendor/lit-html/lit-html.js";\n/** @typedef {import("./type.js").Type} Type */\n'
        '// import "./comment.js";\nconst four = () => import("./four.js");\n',
        "utf-8",
    )
    assert page_imports(module, tmp_path) == {"room/one", "two", "other/three", "room/four"}
