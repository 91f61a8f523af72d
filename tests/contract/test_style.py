"""The prose of the code: plain technical English in comments, docstrings and texts of both trees."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.test_links import DOCUMENTS
from tools.places import ROOT

pytestmark = pytest.mark.native  # reads the repository

PYTHON = sorted((ROOT / "py" / "backprop").rglob("*.py"))
PAGE = sorted(path for path in (ROOT / "web").rglob("*.js") if "vendor" not in path.parts)
TEXTS = [ROOT / "web" / "index.html", *DOCUMENTS]

# Turns of phrase that neither NumPy's nor PyTorch's documentation has, in comments and in texts on the screen.
PHRASES = re.compile(
    r"\b(?:(?:is|are|was|were|be|been) told|of itself|of themselves|anew|so many|judge[ds]?|(?:for|to) ears|for eyes"
    r"|what stands (?:there|here|below)|whoever)\b",
    re.IGNORECASE,
)
# A comment names its subject: "What a cell is made of" is "Terms of a cell".
BEGINNING = re.compile(r"^(?:What|Who|Whose|That|So many)\b")
# Limits are MAX_… and MIN_…, time limits say what they limit.
NAMES = re.compile(r"\b(?:MOST_\w+|\w+_MOST|FEWEST\w*|LONGEST\w*|PATIENCE|SILENCE|CALM)\b")


def comments_of_page(text: str) -> Iterator[str]:
    """Yield the doc comments and line comments of a JavaScript module, without their frames."""
    for block in re.findall(r"/\*\*(.*?)\*/", text, re.DOTALL):
        yield re.sub(r"\n\s*\*[ ]?", "\n", block).strip()
    yield from re.findall(r"(?:^|\s)//\s+(.*)", text)


def comments_of_python(text: str) -> Iterator[str]:
    """Yield the docstrings and comments of a Python module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.removeprefix("#").strip()


@pytest.mark.parametrize("path", [*PYTHON, *PAGE, *TEXTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_comments_and_texts_are_plain(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [match[0] for match in PHRASES.finditer(text)]
    comments = comments_of_python(text) if path.suffix == ".py" else comments_of_page(text)
    found += [comment.splitlines()[0] for comment in comments if BEGINNING.match(comment)]
    found += NAMES.findall(text)
    assert found == []


def test_the_rules_find_what_they_forbid() -> None:
    """The patterns match the wording that they are about, and leave its replacements alone."""
    for sentence in ("It is told of the end.", "Training stopped of itself.", "It begins anew.", "For ears: minus 1."):
        assert PHRASES.search(sentence), sentence
    assert BEGINNING.match("What a cell is made of.")
    assert [*comments_of_page("/** What it is. */\nlet a = 1; // so on")] == ["What it is.", "so on"]
    assert [*comments_of_python('"""Doc."""\n# so on\n')] == ["Doc.", "so on"]
    assert NAMES.search("MOST_BYTES")
    assert not PHRASES.search("The run stopped by itself; the reason is shown.")
    assert not BEGINNING.match("Whether the cell exists.")
