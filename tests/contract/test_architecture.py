"""docs/architecture.md is about the code as it is: its floors, its rooms, and every step of its walks."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.contract.test_floors import PACKAGE, PAGE, Tree

pytestmark = pytest.mark.native  # reads the repository

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MAX_FIRST_LINE = 100  # characters
WALKS = {"From a gradient to a pixel": 20, "From a click to the disk": 20}  # heading → fewest steps


@cache
def page() -> str:
    return (DOCS / "architecture.md").read_text("utf-8")


def section(heading: str, level: int = 2) -> str:
    """The text under a heading, to the next one of its level or above."""
    return re.split(rf"\n#{{1,{level}}} ", page().split(f"\n{'#' * level} {heading}\n", 1)[1], maxsplit=1)[0]


def rooms_of(tree: str) -> set[str]:
    """Folders with modules, with a slash behind, and modules that lie flat."""
    suffix = ".py" if tree.startswith("py/") else ".js"
    modules = {path.relative_to(ROOT / tree).as_posix() for path in (ROOT / tree).rglob(f"*{suffix}")}
    return {f"{name.split('/')[0]}/" if "/" in name else name for name in modules}


def modules() -> list[str]:
    trees = [("py", "*.py"), ("web", "*.js"), ("web", "*.css")]
    return sorted(path.relative_to(ROOT).as_posix() for tree, kind in trees for path in (ROOT / tree).rglob(kind))


def first_line(source: str) -> str:
    """The first line of the comment or docstring with which a module begins; "" if it begins with anything else."""
    found = re.match(r'(?:"""|/\*\*? *(?:\n \* )?)(.*?)(?:"""| ?\*/)?(?:\n|$)', source)
    return found[1] if found else ""


# Floors and rooms


def drawn_floors(tree: str) -> list[set[str]]:
    """Floors of one tree as the picture shows them, from the ground up."""
    picture = section("The floors").split(f"\n{tree}/ ")[1].split("└")[0]
    return [set(row.split(" · ")) for row in re.findall(r"^│ (.*?) +│ .* │$", picture, re.M)][::-1]


@pytest.mark.parametrize("tree", [PACKAGE, PAGE], ids=lambda tree: tree.name)
def test_the_picture_shows_the_floors(tree: Tree) -> None:
    assert drawn_floors(tree.folder.relative_to(ROOT).as_posix()) == tree.floors


@pytest.mark.parametrize("tree", ["py/backprop", "web"])
def test_every_room_has_its_row(tree: str) -> None:
    rows = re.findall(r"^\| \[(.*?)\]\((.*?)\) \| (.+) \|$", section(tree, 3), re.M)
    names = [name.replace("\\", "") for name, _, _ in rows]
    assert sorted(names) == sorted(rooms_of(tree))
    assert [link for _, link, _ in rows] == [f"../{tree}/{name.rstrip('/')}" for name in names]


# Walks


def steps(heading: str) -> list[tuple[str, list[str], str]]:
    """File, names of what runs there, and the code that leads there, of each step of a walk."""
    rows = re.findall(r"^\| (\d+) \| \[(.*?)\]\(\.\./(.*?)\) \| (.*?) \| `(.*?)` \| .+ \|$", section(heading), re.M)
    assert [int(number) for number, *_ in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == len(re.findall(r"^\| \d+ ", section(heading), re.M)) >= WALKS[heading]
    assert [text for _, text, *_ in rows] == [link for _, _, link, *_ in rows]
    return [(path, re.findall(r"`(.+?)`", names), code) for _, _, path, names, code in rows]


def defined_in(path: str) -> set[str]:
    """What a module defines: in Python functions, classes and methods as `Class.method`; in JavaScript functions."""
    source = (ROOT / path).read_text("utf-8")
    if path.endswith(".js"):
        return {"".join(found) for found in re.findall(JS_DEFINITION, without_comments(source), re.M)}
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return found


# function f( · const f = · a method f(…) { · a property f: …
JS_DEFINITION = (
    r"(?:\bfunction\*?\s+|\b(?:const|let)\s+)([\w$]+)|^\s*(?:async\s+)?#?([\w$]+)\([^;]*\)\s*\{$|^\s*([\w$]+):\s"
)


def without_comments(source: str) -> str:
    """The code of a JavaScript module without its comments."""
    return re.sub(r"^\s*//[^\n]*", "", re.sub(r"/\*.*?\*/", "", source, flags=re.S), flags=re.M)


@pytest.mark.parametrize("heading", WALKS)
def test_what_runs_on_a_walk_is_defined_in_its_file(heading: str) -> None:
    for path, names, _ in steps(heading):
        assert names, path
        assert set(names) <= defined_in(path), path


@pytest.mark.parametrize("heading", WALKS)
def test_each_step_of_a_walk_is_reached_by_a_call_in_it_or_in_an_earlier_one(heading: str) -> None:
    """By the name of something that runs on the way so far, handed on in page/actions.js or not; or by a message."""
    texts = [without_comments((ROOT / "web" / "page" / "actions.js").read_text("utf-8"))]
    known: set[str] = set()
    for path, names, code in steps(heading):
        texts.append(without_comments((ROOT / path).read_text("utf-8")))
        known |= {name.rpartition(".")[2] for name in names}
        assert any(code in text for text in texts), f"{path}: {code}"
        assert known & set(re.findall(r"[\w$]+", code)) or any(sign in code for sign in BY_MESSAGE), f"{path}: {code}"


BY_MESSAGE = ("postMessage(", "session[method]", "[operation](")


# First lines


@pytest.mark.parametrize("path", modules())
def test_a_module_begins_with_one_short_line_about_it(path: str) -> None:
    line = first_line((ROOT / path).read_text("utf-8"))
    assert line.endswith((".", "?", "!"))
    assert len(line) < MAX_FIRST_LINE


def test_first_lines_are_found() -> None:
    assert first_line('"""One line."""\n') == first_line('"""One line.\n\nMore."""\n') == "One line."
    assert first_line("/** One line. */\n") == first_line("/**\n * One line.\n * More.\n */\n") == "One line."
    assert first_line("/* One line. */\n") == first_line("/*\n * One line.\n */\n") == "One line."
    assert first_line('import "x";\n') == first_line("import x\n") == first_line("") == ""
