"""Source lines that compute a number, read from the running functions so that they stay current."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict

PACKAGE = Path(__file__).parents[1]


class Line(TypedDict):
    """One line of a file of this package; `file` is a path for `read_file`, `function` the function of the line."""

    file: str
    line: int
    text: str
    function: str


class SourceFile(TypedDict):
    """A file of this package, and its text."""

    file: str
    text: str


def read_file(file: str) -> SourceFile:
    """Return a file of this package, by its relative path: ``model.py``, ``training/trainer.py``.

    Raises
    ------
    ValueError
        If the file does not exist.
    """
    files = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    if not isinstance(file, str) or file not in files:
        raise ValueError(f"file must be one of this package's, such as model.py, got {str(file)[:40]!r}")
    return SourceFile(file=file, text=files[file].read_text("utf-8"))


def quote(function: Callable[..., Any], fragment: str = "") -> list[Line]:
    """Return the statements of a function that contain a fragment of text.

    Without such a statement (the source may have been edited), or for ``""``, return the whole function without its
    docstring; without source code, an empty list.
    """
    statements = _statements(inspect.unwrap(function))  # of a formula, not of the loop that may run in its place
    chosen = [lines for lines in statements if any(fragment in line["text"] for line in lines)] or statements
    return [line.copy() for lines in chosen for line in lines]


@lru_cache(maxsize=64)
def _statements(function: Callable[..., Any]) -> tuple[list[Line], ...]:
    try:
        lines, first = inspect.getsourcelines(function)
        path = Path(inspect.getsourcefile(function) or "")
        file = (path.relative_to(PACKAGE) if path.is_relative_to(PACKAGE) else Path(path.name)).as_posix()
    except (OSError, TypeError):  # defined interactively, or not in Python
        return ()
    tree = ast.parse(textwrap.dedent("".join(lines)))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    statements = []
    for node in sorted(nodes, key=lambda node: node.lineno):
        if not _is_text(node):
            texts = textwrap.dedent("".join(lines[node.lineno - 1 : node.end_lineno])).splitlines()
            numbered = enumerate(texts, first + node.lineno - 1)
            statements.append(
                [Line(file=file, line=n, text=text, function=function.__qualname__) for n, text in numbered]
            )
    return tuple(statements)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
