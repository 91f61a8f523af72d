"""The pictures of the presets are what Python records: the file in the page is up to date."""

import re

import pytest

from backprop.runs.presets import PRESETS
from tools.preset_losses import PLACE, STEPS, parts, recorded

pytestmark = pytest.mark.native  # reads the repository


@pytest.mark.slow
def test_the_recorded_losses_are_those_of_today() -> None:
    """A last digit may differ between processors; a curve may not."""
    text = PLACE.read_text("utf-8")
    losses = recorded()
    assert losses.keys() == {preset.name for preset in PRESETS}
    for name, values in losses.items():
        [line] = re.findall(rf'{name}:\s+"([^"]*)"', text)
        kept = [float(value) for value in line.split()]
        assert len(kept) == len(values) > 1
        assert f"{STEPS} steps" in text
        if name in {"healthy", "tiny_learning_rate"}:  # others amplify a last digit
            assert all(abs(a - b) <= 0.02 * max(abs(a), abs(b)) for a, b in zip(kept, values, strict=True))


def test_parts_are_means() -> None:
    assert parts([1.0, 3.0, *[2.0] * 58]) == [2.0] * 30
    assert parts([1.0, float("inf")]) == [1.0]
