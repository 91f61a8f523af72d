"""Measures the built site, and writes the tables of docs/benchmarks.md: `python3 build.py bench [part ...] [--quick]`.

All parts of one run, or the parts that are named; each says under its tables where and how it was measured. Other
programs are installed into .build/bench, once. Nothing here passes or fails.
"""

import argparse
import os
import platform
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.bench import blackboard, growth, playing, start
from tests.bench.bench_page import bench_page
from tests.bench.document import DOCUMENT, with_blocks
from tests.bench.peers import race
from tools.places import DIST, ROOT
from tools.step import say


class Part(NamedTuple):
    """One part: how to measure it, and in how many rounds; quick runs have fewer."""

    tables: Callable[[int], dict[str, str]]
    rounds: int
    quick: int = 1


PARTS = {
    "steps": Part(blackboard.tables, rounds=51, quick=11),
    "peers": Part(race.tables, rounds=3),
    "playing": Part(playing.tables, rounds=3),
    "growth": Part(growth.tables, rounds=3),
    "start": Part(start.tables, rounds=3),
}
SOURCES = ("py", "web", "simd", "tools")  # what the site is made from


def main() -> None:
    """Measure, and write each part into the document when it is done."""
    parser = argparse.ArgumentParser(prog="python3 build.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="one round of each, to see that it works")
    parser.add_argument("--rounds", type=int, help="of each part (default: by part)")
    options = parser.parse_args()
    unknown = set(options.parts) - PARTS.keys()
    if unknown:
        parser.error(f"unknown part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    place = machine()
    for name in options.parts or PARTS:
        part = PARTS[name]
        rounds = options.rounds or (part.quick if options.quick else part.rounds)
        say(f"\n{name}, {'1 round' if rounds == 1 else f'{rounds} rounds'}")
        measured = measure(part, rounds, place)
        say("\n\n".join(measured.values()))
        DOCUMENT.write_text(with_blocks(DOCUMENT.read_text("utf-8"), measured), "utf-8")


def measure(part: Part, rounds: int, place: str) -> dict[str, str]:
    """Return the blocks of a part, each with a line about its run."""
    began, load = datetime.now(UTC), os.getloadavg()[0]
    blocks = part.tables(rounds)
    loads = f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after"
    line = f"{began:%d %B %Y}, {'1 round' if rounds == 1 else f'{rounds} rounds'}, {loads}. {place}"
    return {name: f"{block}\n\n{line}" for name, block in blocks.items()}


def machine() -> str:
    """Return the commit, the processor and the browser."""
    with bench_page(DIST) as (_, _, version):
        return f"Commit {commit()}; {os.cpu_count()} cores of {processor()}; Chromium {version}."


def commit() -> str:
    """Return the commit of the sources, with a word about changes that are not in it."""
    head = ("git", "rev-parse", "--short=7", "HEAD")
    changes = ("git", "status", "--porcelain", "--", *SOURCES)
    found, changed = (
        subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False).stdout.strip()
        for command in (head, changes)
    )
    return f"{found or 'unknown'}{' with changes' if changed else ''}"


def processor() -> str:
    """Return the name of the processor."""
    names = Path("/proc/cpuinfo")
    lines = names.read_text("utf-8").splitlines() if names.exists() else []
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
