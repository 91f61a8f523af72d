"""The colour tables as the browser builds them: every eye can tell their steps apart, zero is neutral, order survives.

Differences are ΔE*ab (CIE 1976) between neighbours of sixteen equal steps, seen with normal colour vision and with the
three deficiencies at full severity (tests/vision.py).
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest

from tests.browser.conftest import Contexts
from tests.vision import VISIONS, Floats, lab

Tables: TypeAlias = dict[str, dict[str, Any]]

DIVERGING = ["seed_diverging", "blue_orange"]
COLUMNS = ["forward", "backward"]
FIRST, MIDDLE, LAST = 1, 128, 255
JUST_TELLABLE = 5.0  # ΔE

READ = """
async (color) => {
  const {PALETTES} = await import(color);
  const bytes = (table) => Array.from(new Uint8Array(table.buffer));
  return Object.entries(PALETTES).map(([name, {label, diverging, forward, backward}]) =>
    ({name, label, diverging, forward: bytes(forward), backward: bytes(backward)}));
}
"""


@pytest.fixture(scope="module")
def tables(contexts: Contexts, files: str) -> Tables:
    """Read every palette from the built site, in order; a column is bytes (256, 4): red, green, blue, opacity."""
    color = f"{files}color/palettes.js"
    with contexts.lent() as context:
        page = context.new_page()
        page.goto(color)
        palettes = page.evaluate(READ, color)
    for palette in palettes:
        for column in COLUMNS:
            palette[column] = np.array(palette[column], dtype=np.uint8).reshape(256, 4)
    return {palette["name"]: palette for palette in palettes}


def ramp(table: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Colours of a table from lowest to highest, (255, 3)."""
    colors: npt.NDArray[np.uint8] = table[FIRST : LAST + 1, :3]
    return colors


def sixteen(colors: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Sixteen equal steps of a ramp, ends included."""
    steps: npt.NDArray[np.uint8] = colors[np.rint(np.linspace(0, len(colors) - 1, 16)).astype(int)]
    return steps


def smallest_step(colors: npt.NDArray[np.uint8], vision: str) -> float:
    """ΔE*ab of the two neighbours that are hardest to tell apart, of sixteen."""
    return float(np.linalg.norm(np.diff(lab(sixteen(colors), vision), axis=0), axis=1).min())


def one_way(values: Floats) -> bool:
    """Whether values run all up or all down."""
    steps = np.diff(values)
    return bool(np.all(steps > 0) or np.all(steps < 0))


def test_the_default_comes_first_and_every_table_is_whole(tables: Tables) -> None:
    """256 opaque colours per column; the default has a zero."""
    assert list(tables) == ["seed_diverging", "blue_orange", "seed_plain"]
    assert [palette["diverging"] for palette in tables.values()] == [True, True, False]
    for palette in tables.values():
        assert palette["label"]
        for column in COLUMNS:
            assert np.all(palette[column][:, 3] == 255)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", DIVERGING)
def test_neighbouring_steps_can_be_told_apart(tables: Tables, name: str, column: str, vision: str) -> None:
    """ΔE of at least 5 between any two neighbours of sixteen."""
    assert smallest_step(ramp(tables[name][column]), vision) >= JUST_TELLABLE


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", DIVERGING)
def test_zero_is_exactly_the_neutral_grey(tables: Tables, name: str, column: str) -> None:
    """The middle of the table has no hue at all, is the same everywhere, and only the middle is it."""
    table = tables[name][column]
    assert table[MIDDLE, :3].tolist() == [128, 128, 128]
    chroma = np.ptp(table[FIRST : LAST + 1, :3].astype(int), axis=1)
    assert np.flatnonzero(chroma == 0).tolist() == [MIDDLE - FIRST]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", [*DIVERGING, "seed_plain"])
def test_lightness_runs_one_way(tables: Tables, name: str, column: str) -> None:
    """From end to end; neighbours in the full table may round to the same bytes, but do not turn back."""
    lightness = lab(ramp(tables[name][column]))[:, 0]
    direction = np.sign(lightness[-1] - lightness[0])
    assert np.all(np.diff(lightness) * direction > (-1e-9 if name in DIVERGING else -0.1))
    assert one_way(lab(sixteen(ramp(tables[name][column])))[:, 0])


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", DIVERGING)
def test_order_survives_every_deficiency(tables: Tables, name: str, column: str, vision: str) -> None:
    """Sixteen steps stay in their order of lightness, however hues collapse."""
    assert one_way(lab(sixteen(ramp(tables[name][column])), vision)[:, 0])


def test_hues_are_the_seeds(tables: Tables) -> None:
    """Forward dark blue to light green, backward light yellow to dark red."""
    default = tables["seed_diverging"]
    lowest, highest = FIRST, LAST

    def is_like(column: str, entry: int, bright: tuple[bool, bool, bool]) -> bool:
        channels = default[column][entry, :3].astype(int)
        return tuple(channels > (channels.min() + channels.max()) / 2) == bright

    assert is_like("forward", lowest, (False, False, True))
    assert is_like("backward", lowest, (True, True, False))
    assert is_like("backward", highest, (True, False, False))
    red, green, blue = default["forward"][highest, :3].astype(int)
    assert green > max(red, blue) + 60
    dark, light = 25, 85
    for column, darkest, lightest in (("forward", lowest, highest), ("backward", highest, lowest)):
        lightness = lab(default[column][:, :3])[:, 0]
        assert lightness[darkest] < dark
        assert lightness[lightest] > light


@pytest.mark.parametrize("vision", VISIONS)
def test_what_is_no_number_looks_like_no_number(tables: Tables, vision: str) -> None:
    """The colour of NaN and infinities is far from every colour of its ramp."""
    for palette in tables.values():
        for column in COLUMNS:
            marked = lab(palette[column][:1, :3], vision)
            others = lab(ramp(palette[column]), vision)
            assert np.linalg.norm(others - marked, axis=1).min() >= 4 * JUST_TELLABLE, (palette["name"], column)


def test_plain_ramps_join_the_primaries(tables: Tables) -> None:
    """Blue to green, yellow to red."""
    plain = tables["seed_plain"]
    assert plain["forward"][[FIRST, LAST], :3].tolist() == [[0, 0, 255], [0, 255, 0]]
    assert plain["backward"][[FIRST, LAST], :3].tolist() == [[255, 255, 0], [255, 0, 0]]


@pytest.mark.parametrize(("column", "vision"), [("backward", "deutan"), ("forward", "tritan")])
def test_plain_ramps_give_less(tables: Tables, column: str, vision: str) -> None:
    """What color.js says of them; it also shows that the check above can fail."""
    assert 1 < smallest_step(ramp(tables["seed_plain"][column]), vision) < JUST_TELLABLE


def planted(change: Callable[[npt.NDArray[np.uint8]], None]) -> npt.NDArray[np.uint8]:
    """A ramp of greys with a fault."""
    colors = np.repeat(np.arange(0, 255, dtype=np.uint8)[:, None], 3, axis=1)
    change(colors)
    return colors


def test_planted_faults_are_caught() -> None:
    """A ramp that turns back and one with two equal steps."""

    def turn_back(colors: npt.NDArray[np.uint8]) -> None:
        colors[128:] = colors[128:][::-1]

    def stand_still(colors: npt.NDArray[np.uint8]) -> None:
        colors[100:160] = colors[100]

    assert not one_way(lab(sixteen(planted(turn_back)))[:, 0])
    assert smallest_step(planted(stand_still), "normal") < JUST_TELLABLE
