"""docs/benchmarks.md: its text is written by hand, its tables between markers by `python3 build.py bench`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from tools.places import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BLOCK = re.compile(r"(?<=<!-- measured: )(?P<name>\w+) -->\n(?P<text>.*?)(?=<!-- end -->)", re.DOTALL)


def blocks(document: str) -> dict[str, str]:
    """Return the measured blocks: name → Markdown, as it stands between the markers."""
    return {found["name"]: found["text"].strip("\n") for found in BLOCK.finditer(document)}


def with_blocks(document: str, measured: Mapping[str, str]) -> str:
    """Return the document with these blocks in the place of the old ones; nothing else changes.

    Raises
    ------
    ValueError
        If the document has no place for a block.
    """
    lost = measured.keys() - blocks(document).keys()
    if lost:
        raise ValueError(f"docs/benchmarks.md has no place for {', '.join(sorted(lost))}")

    def block(found: re.Match[str]) -> str:
        text = measured.get(found["name"])
        return found[0] if text is None else f"{found['name']} -->\n\n{text}\n\n"

    return BLOCK.sub(block, document)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return the median of all rounds, with the least and the greatest: "0.74 (0.71 to 0.78)"."""
    middle, least, greatest = (f"{value:,.{digits}f}" for value in (median(values), min(values), max(values)))
    return middle if least == greatest else f"{middle} ({least} to {greatest})"


def ratios(some: Sequence[float], others: Sequence[float]) -> list[float]:
    """Divide round by round."""
    return [one / max(other, 1e-9) for one, other in zip(some, others, strict=True)]
