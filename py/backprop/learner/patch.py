"""A patch of one text in a file of this package: it must apply exactly once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .package import ORIGINAL


class Patch(NamedTuple):
    """Text of a file, and the text in its place."""

    file: str
    right: str
    wrong: str


def patched(patches: Iterable[Patch], sources: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return file → source of every file that patches change.

    Parameters
    ----------
    patches : applied in their order
    sources : file → source to start from; files that are not in it are the package's own

    Raises
    ------
    ValueError
        If the text of a patch is not in its file exactly once.
    """
    edited: dict[str, str] = dict(sources or {})
    for file, right, wrong in patches:
        source = edited.get(file) or (ORIGINAL / file).read_text("utf-8")
        if source.count(right) != 1:
            raise ValueError(f"{file} must contain the text once, got {source.count(right)}: {right.strip()!r}")
        edited[file] = source.replace(right, wrong)
    return edited
