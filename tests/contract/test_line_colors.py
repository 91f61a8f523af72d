"""The colours that style.css gives to runs: every eye can tell any two apart, and each from what it is drawn on."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.vision import VISIONS, contrast, differences

pytestmark = pytest.mark.native  # reads the page's files

WEB = Path(__file__).resolve().parents[2] / "web"
THEMES = ["light", "dark"]
GROUNDS = ["paper", "surface", "raised"]  # what a line, a swatch or a row's edge can lie on
APART = 15.0  # ΔE*ab; neighbouring steps of a palette, which lie side by side, are told apart at 5
VISIBLE = 3.0  # contrast of graphics (WCAG 2.2, 1.4.11)

Colors = npt.NDArray[np.uint8]


def colors(theme: str) -> dict[str, Colors]:
    """Every colour of the page that has a name: its bytes (3,)."""
    css = (WEB / "style.css").read_text("utf-8")
    found = re.findall(r"--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\);", css)
    column = THEMES.index(theme)
    return {name: np.frombuffer(bytes.fromhex(pair[column]), np.uint8) for name, *pair in found}


def lines(theme: str) -> Colors:
    """The colours of runs, in their order, (8, 3)."""
    named = colors(theme)
    count = int(re.findall(r"COLORS = (\d+)", (WEB / "ui" / "line_style.js").read_text("utf-8"))[0])
    assert [name for name in named if name.startswith("line-")] == [f"line-{k}" for k in range(count)]
    return np.stack([named[f"line-{k}"] for k in range(count)])


def closest(rgb: npt.NDArray[Any], vision: str) -> tuple[float, tuple[int, ...]]:
    """The ΔE of the two colours that are hardest to tell apart, and which they are."""
    between = differences(rgb, vision)
    pair = np.unravel_index(between.argmin(), between.shape)
    return float(between.min()), tuple(map(int, pair))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_any_two_runs_can_be_told_apart(theme: str, vision: str) -> None:
    difference, pair = closest(lines(theme), vision)
    assert difference >= APART, pair


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("theme", THEMES)
def test_each_can_be_seen_on_what_it_is_drawn_on(theme: str, ground: str) -> None:
    ratios = contrast(lines(theme), colors(theme)[ground])
    assert ratios.min() >= VISIBLE, ratios


def test_colours_that_only_normal_eyes_tell_apart_are_caught() -> None:
    """An orange-brown and an olive, as far apart as two of the eight, are one colour to protanopes."""
    pair = np.array([[0xB2, 0x4A, 0x00], [0x6A, 0x61, 0x00]])
    assert closest(pair, "normal")[0] > APART
    assert closest(pair, "protan")[0] < 2
    assert contrast(np.array([[0x77, 0x77, 0x77]]), np.array([255, 255, 255])) == pytest.approx(4.48, abs=0.005)
