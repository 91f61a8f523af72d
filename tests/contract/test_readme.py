"""The README names every call and every folder, and its links lead somewhere."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.contract.test_wire import calls

pytestmark = pytest.mark.native  # reads the repository

ROOT = Path(__file__).resolve().parents[2]


@cache
def readme() -> str:
    """Read when a test is about it: the file is not there where the tests run in the browser."""
    return (ROOT / "README.md").read_text("utf-8")


def section(title: str) -> str:
    """The text under a heading, to the next one of its level."""
    return readme().split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def links(text: str) -> list[str]:
    """Paths of this repository that a text links to."""
    return [link for link in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in link]


def folders(tree: str) -> set[str]:
    """Folders of a tree with anything that someone wrote, as paths in it."""
    files = (path for path in (ROOT / tree).rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.parent.relative_to(ROOT / tree).as_posix() for path in files} - {"."}


def test_scripting_names_every_call_and_its_parameters() -> None:
    documented = dict(re.findall(r"`(\w+)\(\{?([^`]*?)\}?\)`", section("Scripting").split("| to | calls |")[1]))
    assert documented.keys() == calls().keys()
    for name, parameters in documented.items():
        named = {word for word in re.split(r",\s*", parameters) if word not in {"", "…"}}
        assert named <= calls()[name].keys(), name
        needed = {field for field, is_optional in calls()[name].items() if not is_optional}
        assert needed <= named, name


@pytest.mark.parametrize("tree", ["py/backprop", "web"])
def test_the_tour_visits_every_folder(tree: str) -> None:
    visited = links(section("A tour of the code"))
    assert {f"{tree}/{folder}" for folder in folders(tree)} <= set(visited)


@pytest.mark.parametrize("tree", ["py/backprop", "web"])
def test_the_architecture_names_every_folder(tree: str) -> None:
    named = links((ROOT / "docs" / "architecture.md").read_text("utf-8"))
    assert {f"../{tree}/{folder}" for folder in folders(tree)} <= set(named)


def test_every_link_leads_somewhere() -> None:
    assert [link for link in links(readme()) if not (ROOT / link).exists()] == []


def test_every_link_within_the_readme_has_its_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", readme(), flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    wanted = set(re.findall(r"\]\(#([^)]+)\)", readme()))
    assert wanted
    assert wanted <= anchors
