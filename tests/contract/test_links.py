"""Links of the documents and the HTML pages: each relative link has its file, each anchor its heading or id."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from tools.places import ROOT

pytestmark = pytest.mark.native  # reads the repository

TOP = [ROOT / name for name in ("docs", "py", "tests", "tools", "web", ".github")]  # folders that people write in
VENDORED = "vendor/"  # copied into dist/ from npm


DOCUMENTS = sorted([*ROOT.glob("*.md"), *(path for top in TOP for path in top.rglob("*.md"))])
PAGES = sorted((ROOT / "web").rglob("*.html"))


class Page(HTMLParser):
    """Links and ids of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002  # as in the base class
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.ids |= {given["id"]} if "id" in given else set()


def prose(text: str) -> str:
    """A document without its code."""
    return re.sub(r"`[^`\n]+`", "", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


@cache
def links(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    found = Page(text).links if path.suffix == ".html" else re.findall(r"\]\(([^)\s]+)\)", prose(text))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


@cache
def anchors(path: Path) -> set[str]:
    """Places in a file that a link can lead to: ids of a page; headings of a document, as GitHub spells them."""
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        return Page(text).ids
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def missing(path: Path, link: str) -> bool:
    """Whether a link leads nowhere. A fragment with = opens the tool in a state; other tests follow those."""
    place, _, anchor = link.partition("#")
    target = (path.parent / unquote(place)).resolve() if place else path
    if path.suffix == ".html" and target.is_dir():
        target /= "index.html"
    if path.suffix == ".html" and place.removeprefix("../").startswith(VENDORED):
        return False  # the browser's tests load it
    if not target.exists():
        return True
    return bool(anchor) and "=" not in anchor and anchor not in anchors(target)


@pytest.mark.parametrize("path", [*DOCUMENTS, *PAGES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    assert [link for link in links(path) if missing(path, link)] == []


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    document, page = tmp_path / "a.md", tmp_path / "b.html"
    document.write_text("# A b, `c`\n[1](#a-b-c) [2](#d) [3](e.md) [4](b.html#f) [5](b.html#g) `[6](h)` [7](i:j)\n")
    page.write_text('<p id="f"><a href="a.md#a-b-c"></a><img src="k.png"><a href="#l=m"></a><a href="#n"></a>')
    assert [link for link in links(document) if missing(document, link)] == ["#d", "e.md", "b.html#g"]
    assert [link for link in links(page) if missing(page, link)] == ["k.png", "#n"]


def test_every_document_is_reached_from_the_readme() -> None:
    reached, left = set(), [ROOT / "README.md"]
    while left:
        path = left.pop()
        if path in reached:
            continue
        reached.add(path)
        found = [(path.parent / unquote(link.partition("#")[0])).resolve() for link in links(path)]
        left += [target for target in found if target.suffix == ".md" and target.exists()]
        left += [each for target in found if target.is_dir() for each in target.glob("*.md")]
    documents = [path for path in DOCUMENTS if ".github" not in path.parts]
    assert [path for path in documents if path not in reached] == []
