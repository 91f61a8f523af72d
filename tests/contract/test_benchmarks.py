"""docs/benchmarks.md and `python3 build.py bench` agree: the same parts, tables and rows; text between them stays."""

import re
from itertools import pairwise

import pytest

from tests.bench import blackboard, growth, playing, start
from tests.bench.__main__ import PARTS
from tests.bench.document import DOCUMENT, blocks, spread, table, with_blocks
from tests.bench.main_thread import Task
from tests.bench.peers import race
from tests.bench.peers.networks import NETWORKS
from tests.bench.playing import Played
from tests.bench.steps import CONFIGS, Result

pytestmark = pytest.mark.native  # reads the repository

PLAYED = Played(speed=2.0, pause=3.0, tasks=[Task(wall=4.0, cpu=5.0, draws=True)])
VISIT = {"step": [2.0], "paint": [1.0], "kB": [4.0], "requests": [3.0]}
SHAPES = list(dict.fromkeys(shape for _, points in growth.PANELS.values() for _, shape in points))


def cells(block: str) -> list[list[str]]:
    """All rows of the tables of a block, heads included."""
    lines = [line for line in block.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def shape(block: str) -> list[tuple[str, int]]:
    """The first cell of each row, and the number of its cells."""
    return [(row[0], len(row)) for row in cells(block)]


def document() -> str:
    return DOCUMENT.read_text("utf-8")


def test_the_document_has_a_block_for_each_part_and_the_command_of_each() -> None:
    assert list(blocks(document())) == list(PARTS)
    for name in PARTS:
        assert f"`python3 build.py bench {name}`" in document()


def test_each_block_says_where_it_was_measured() -> None:
    for name, block in blocks(document()).items():
        last = block.splitlines()[-1]
        assert re.fullmatch(r"\d+ \w+ \d+, \d+ rounds?, load [\d.]+ before, [\d.]+ after\. Commit .+; .+\.", last), name


def test_tables_of_steps_playing_start_and_growth_have_the_rows_that_are_written() -> None:
    found = {name: shape(block) for name, block in blocks(document()).items()}
    times = {config: dict.fromkeys(blackboard.NAMES, Result(1.0, 1.0)) for config in CONFIGS}
    assert found["steps"] == shape(blackboard.steps_table(dict.fromkeys(blackboard.PLACES, times)))
    ways = {way: [PLAYED] for way in playing.WAYS}
    rows = [name for name, _ in playing.rows({"": ways, "earlier": ways})]
    assert [name for name, _ in found["playing"][1:]] in (
        rows,
        [row for row in rows if playing.others.EARLIER not in row],
    )
    lines = [start.row(line, visit, {"site": VISIT, "plain": VISIT}) for line in start.LINES for visit in start.VISITS]
    assert found["start"] == shape(table(start.HEAD, lines))
    assert found["growth"] == shape(growth.growth_table(dict.fromkeys(SHAPES, 1.0)))


def test_contestants_of_the_document_are_those_that_race() -> None:
    block = blocks(document())["peers"]
    for network in NETWORKS.values():
        assert f"{'-'.join(map(str, network.widths))}, batches of {network.batch}:" in block
    named = {row[0] for row in cells(block)} - {""}
    ours = {race.played(build, way) for build in ("", race.PLAIN) for way in race.WAYS[build]}
    assert named >= ours | {race.TYPED}
    assert (race.PYTORCH in named) != (race.LEFT_OUT.format("PyTorch") in block)


def test_blocks_are_replaced_and_the_text_around_them_stays() -> None:
    before = (
        "One.\n\n<!-- measured: a -->\n\nold\n\n<!-- end -->\n\nTwo.\n\n<!-- measured: b -->\n<!-- end -->\nThree.\n"
    )
    after = with_blocks(before, {"a": "new"})
    assert after == before.replace("old", "new")
    assert blocks(after) == {"a": "new", "b": ""}
    assert with_blocks(after, {"a": "new"}) == after
    with pytest.raises(ValueError, match="no place for c"):
        with_blocks(before, {"c": "new"})


def test_numbers_of_all_rounds_are_the_median_and_the_range() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2.00 (1.00 to 3.00)"
    assert spread([1234.4], 0) == "1,234"


def test_the_picture_has_a_dot_for_each_network_and_lower_floors_than_any_speed() -> None:
    times = {each: 1.0 + k for k, each in enumerate(SHAPES)}
    made = growth.picture(times)
    points = [each for _, points in growth.PANELS.values() for each in points]
    assert made.count("<circle") == len(points)
    calls, million = growth.floors(times)
    for each, time in times.items():
        assert calls * (each.depth + 1) <= time * (1 + 1e-12)
        assert million * growth.operations(each) <= time * (1 + 1e-12)
    assert "![" in document().split(growth.PICTURE.name)[0].rsplit("\n\n", 1)[1]
    dots = re.findall(r"<circle", growth.PICTURE.read_text("utf-8"))
    assert len(dots) == len(points)


def test_panels_rise_on_their_axis() -> None:
    for _, points in growth.PANELS.values():
        values = [value for value, _ in points]
        assert all(a < b for a, b in pairwise(values))
