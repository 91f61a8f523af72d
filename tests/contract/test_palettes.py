"""The colour tables as the page builds them: every eye can tell their steps apart, zero is neutral, order survives.

Of the default palette, differences are CIEDE2000 between sixteenths of the scale on either side of zero, in both
themes; of the others ΔE*ab (CIE 1976) between neighbours of sixteen equal steps from end to end. They are seen with
normal colour vision and with the three deficiencies at full severity (tests/vision.py).
"""

import json
import subprocess
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest

from tests.vision import VISIONS, Floats, ciede2000, lab
from tools.places import ROOT

pytestmark = pytest.mark.native  # starts Node.js

Tables: TypeAlias = dict[str, dict[str, Any]]

ABOUT_GREY = ["blue_orange"]
SURFACES = {"light": "fdfdfb", "dark": "16181c"}  # what matrices lie on
COLUMNS = ["forward", "backward"]
FIRST, MIDDLE, LAST = 1, 128, 255
JUST_TELLABLE = 5.0  # ΔE

READ = """
import { PALETTES } from "%s";
const bytes = (table) => Array.from(new Uint8Array(table.buffer));
const both = ({forward, backward}) => ({forward: bytes(forward), backward: bytes(backward)});
console.log(JSON.stringify(Object.entries(PALETTES).map(([name, {label, diverging, light, dark}]) =>
  ({name, label, diverging, light: both(light), dark: both(dark)}))));
"""


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Read every palette from the page's module, in order; a column is bytes (256, 4): red, green, blue, opacity.

    Only the default palette depends on the theme; of the others the tables of the light theme stand at the top too.
    """
    script = READ % (ROOT / "web" / "color" / "palettes.js").as_uri()
    command = ["node", "--input-type=module", "--eval", script]
    palettes = json.loads(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)
    for palette in palettes:
        for theme in SURFACES:
            for column in COLUMNS:
                palette[theme][column] = np.array(palette[theme][column], dtype=np.uint8).reshape(256, 4)
        palette.update(palette["light"])
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
    assert list(tables) == ["seed_surface", "blue_orange", "seed_plain"]
    assert [palette["diverging"] for palette in tables.values()] == [True, True, False]
    for name, palette in tables.items():
        assert palette["label"]
        for column in COLUMNS:
            light, dark = palette["light"][column], palette["dark"][column]
            assert np.all(light[:, 3] == 255)
            assert np.all(dark[:, 3] == 255)
            assert np.array_equal(light, dark) == (name != "seed_surface")


def arms(table: npt.NDArray[np.uint8], count: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Colours at 0, 1/count … 1 of the scale, on the negative and on the positive side, (count + 1, 3) each."""
    away = np.rint(np.linspace(0, LAST - MIDDLE, count + 1)).astype(int)
    return table[MIDDLE - away, :3], table[MIDDLE + away, :3]


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("theme", SURFACES)
def test_sign_size_and_order_of_the_default_survive_every_deficiency(
    tables: Tables, theme: str, column: str, vision: str
) -> None:
    """± pairs from half of the scale on, neighbouring sixteenths (eighths of an arm), and lightness along each arm."""
    table = tables["seed_surface"][theme][column]
    negative, positive = (lab(arm, vision) for arm in arms(table, LAST - MIDDLE))
    half = (LAST - MIDDLE + 1) // 2
    assert ciede2000(negative[half:], positive[half:]).min() >= 15
    for arm in arms(table, 8):
        seen = lab(arm, vision)
        assert ciede2000(seen[:-1], seen[1:]).min() >= 4
        assert one_way(seen[:, 0])
    for arm in (negative, positive):
        direction = -1 if theme == "light" else 1
        assert np.all(np.diff(arm[:, 0]) * direction > -0.6)  # neighbours in the full table are rounded to bytes


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("theme", SURFACES)
def test_zero_of_the_default_has_the_colour_of_the_surface(tables: Tables, theme: str, column: str) -> None:
    surface = np.frombuffer(bytes.fromhex(SURFACES[theme]), np.uint8)[None]
    zero = tables["seed_surface"][theme][column][MIDDLE : MIDDLE + 1, :3]
    for vision in VISIONS:
        assert ciede2000(lab(zero, vision), lab(surface, vision)).max() <= 2


@pytest.mark.parametrize("vision", VISIONS)
def test_the_columns_of_the_default_are_told_apart_where_signs_differ(tables: Tables, vision: str) -> None:
    """Positive against positive may look alike to deutan eyes: place, title and accent say which column it is."""
    for theme in SURFACES:
        palette = tables["seed_surface"][theme]
        (minus, plus), (other_minus, other_plus) = (arms(palette[column], 16) for column in COLUMNS)
        for one, other in ((minus, other_minus), (minus, other_plus), (plus, other_minus)):
            assert ciede2000(lab(one[8:], vision), lab(other[8:], vision)).min() >= 12
        assert ciede2000(lab(plus[8:], vision), lab(other_plus[8:], vision)).min() >= 5


@pytest.mark.parametrize("theme", SURFACES)
def test_what_is_no_number_is_as_far_from_zero_as_can_be(tables: Tables, theme: str) -> None:
    """Black on a light surface, white on a dark one, at least 10 from every entry for every eye."""
    for column in COLUMNS:
        table = tables["seed_surface"][theme][column]
        assert table[0, :3].tolist() == [0 if theme == "light" else 255] * 3
        for vision in VISIONS:
            marked, others = lab(table[:1, :3], vision), lab(ramp(table), vision)
            assert ciede2000(np.broadcast_to(marked, others.shape), others).min() >= 10


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", ABOUT_GREY)
def test_neighbouring_steps_can_be_told_apart(tables: Tables, name: str, column: str, vision: str) -> None:
    """ΔE of at least 5 between any two neighbours of sixteen."""
    assert smallest_step(ramp(tables[name][column]), vision) >= JUST_TELLABLE


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", ABOUT_GREY)
def test_zero_is_exactly_the_neutral_grey(tables: Tables, name: str, column: str) -> None:
    """The middle of the table has no hue at all, is the same everywhere, and only the middle is it."""
    table = tables[name][column]
    assert table[MIDDLE, :3].tolist() == [128, 128, 128]
    chroma = np.ptp(table[FIRST : LAST + 1, :3].astype(int), axis=1)
    assert np.flatnonzero(chroma == 0).tolist() == [MIDDLE - FIRST]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", [*ABOUT_GREY, "seed_plain"])
def test_lightness_runs_one_way(tables: Tables, name: str, column: str) -> None:
    """From end to end; neighbours in the full table may round to the same bytes, but do not turn back."""
    lightness = lab(ramp(tables[name][column]))[:, 0]
    direction = np.sign(lightness[-1] - lightness[0])
    assert np.all(np.diff(lightness) * direction > (-1e-9 if name in ABOUT_GREY else -0.1))
    assert one_way(lab(sixteen(ramp(tables[name][column])))[:, 0])


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", ABOUT_GREY)
def test_order_survives_every_deficiency(tables: Tables, name: str, column: str, vision: str) -> None:
    """Sixteen steps stay in their order of lightness, however hues collapse."""
    assert one_way(lab(sixteen(ramp(tables[name][column])), vision)[:, 0])


def test_hues_are_the_seeds(tables: Tables) -> None:
    """Forward blue to green, backward yellow to red, in both themes."""

    def is_like(rgb: npt.NDArray[np.uint8], bright: tuple[bool, bool, bool]) -> bool:
        channels = rgb.astype(int)
        return tuple(channels > (channels.min() + channels.max()) / 2) == bright

    for theme in SURFACES:
        forward, backward = (arms(tables["seed_surface"][theme][column], 4) for column in COLUMNS)
        for arm, hue in (
            (forward[0], (False, False, True)),
            (backward[0], (True, True, False)),
            (backward[1], (True, False, False)),
        ):
            assert is_like(arm[3], hue), (theme, hue)
        for red, green, blue in forward[1][2:].astype(int):
            assert green > max(red, blue)


@pytest.mark.parametrize("vision", VISIONS)
def test_what_is_no_number_looks_like_no_number(tables: Tables, vision: str) -> None:
    """The colour of NaN and infinities is far from every colour of its ramp."""
    for name in ("blue_orange", "seed_plain"):
        palette = tables[name]
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
