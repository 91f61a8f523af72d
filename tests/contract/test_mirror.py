"""The tests mirror the trees: what is tested in tests/python and tests/web stands in the room of its module."""

from pathlib import Path

import pytest

from tests.contract.test_floors import PACKAGE, PAGE, Tree
from tools.places import ROOT

pytestmark = pytest.mark.native  # reads the repository

MIRRORS = {
    "python": (PACKAGE, ROOT / "tests" / "python", "test_*.py"),
    "web": (PAGE, ROOT / "tests" / "web", "*.test.mjs"),
}


def rooms_of(tree: Tree, name: str) -> set[str]:
    """The rooms, "." for the flat modules, that have a module of this name."""
    modules = (Path(module) for module in tree.imports)
    return {module.parent.as_posix() for module in modules if module.name == name}


@pytest.mark.parametrize(("tree", "folder", "pattern"), MIRRORS.values(), ids=MIRRORS)
def test_each_test_stands_in_a_room_and_that_of_its_module_if_it_bears_the_name_of_one(
    tree: Tree, folder: Path, pattern: str
) -> None:
    rooms = {Path(module).parent.as_posix() for module in tree.imports}
    found = {path.relative_to(folder): path.name.removeprefix("test_").split(".")[0] for path in folder.rglob(pattern)}
    assert found
    for path, name in found.items():
        room = path.parent.as_posix()
        assert room in rooms, f"{path}: there is no such room"
        wanted = rooms_of(tree, name)
        assert not wanted or room in wanted, f"{path}: {name} is in {wanted}"


def test_no_test_lies_beside_the_four_kinds() -> None:
    """Which are python/ and web/, browser/ by what a visitor does, and contract/."""
    found = {*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "tests").rglob("*.test.mjs")}
    kinds = {path.relative_to(ROOT / "tests").parts[0] for path in found}
    assert kinds == {"python", "web", "browser", "contract"}
