"""The very lines of Python that compute a number, read from the running functions: they are never out of date."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict


class Line(TypedDict):
    """One line of a file of this package; `function` is the one it belongs to."""

    file: str
    line: int
    text: str
    function: str


def read_source(file: str) -> str:
    """Return the text of a file of this package: ``model.py``.

    Raises
    ------
    ValueError
        If there is no such file.
    """
    files = {path.name: path for path in Path(__file__).parent.glob("*.py")}
    if not isinstance(file, str) or file not in files:
        raise ValueError(f"file must be one of this package's, such as model.py, got {str(file)[:40]!r}")
    return files[file].read_text("utf-8")


def quote(function: Callable[..., Any], fragment: str = "") -> list[Line]:
    """Return the statements of a function that hold a fragment of text.

    A function in which none does (someone may have edited it) is quoted whole, without its docstring, and so is any for
    ``""``; one whose source is not at hand is not quoted at all.
    """
    statements = _statements(function)
    chosen = [lines for lines in statements if any(fragment in line["text"] for line in lines)] or statements
    return [line.copy() for lines in chosen for line in lines]


@lru_cache(maxsize=64)
def _statements(function: Callable[..., Any]) -> tuple[list[Line], ...]:
    try:
        lines, first = inspect.getsourcelines(function)
        file = Path(inspect.getsourcefile(function) or "").name
    except (OSError, TypeError):  # typed in, or not written in Python
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
