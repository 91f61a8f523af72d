"""Sentences of the warnings about gradient flow."""

from typing import NamedTuple

import numpy as np

from .gradient_flow import Table
from .percent import percent

WINDOW = 5  # moments, of which warnings compare the median


class Pace(NamedTuple):
    """Relative learning speed of the layers, (moments, layers), and the noun for it."""

    noun: str
    values: Table


class Series(NamedTuple):
    """Gradient flow over time, and the settings that warnings refer to."""

    values: Table
    probe: int
    learning_rate: float
    pace: Pace


def title_of(names: list[str], k: int) -> str:
    """Return the title of a layer; the first one is layer 1."""
    if names[k] == "embedding":
        return "the embedding"
    number = int(names[k].removeprefix("layers/")) + 1
    return "the output layer" if k == len(names) - 1 else f"layer {number}"


def _vanishing(names: list[str], k: int, level: float, series: Series) -> str:
    return (
        f"Vanishing gradients: relative to its weights, {title_of(names, k)}'s {series.pace.noun} is {_times(level)} "
        f"smaller than {title_of(names, _peak(k, series))}'s, so it learns far more slowly."
    )


def _exploding(names: list[str], k: int, level: float, series: Series) -> str:
    return (
        f"Exploding gradients: relative to its weights, {title_of(names, k)}'s {series.pace.noun} is {_times(level)} "
        "larger than the output layer's, so no learning rate suits both."
    )


def _large(names: list[str], k: int, level: float, series: Series) -> str:
    return (
        f"Large updates: one step changes the weights of {title_of(names, k)} by {_fraction(level)}. "
        f"The learning rate {series.learning_rate:g} may be too high."
    )


def _small(_names: list[str], _k: int, level: float, series: Series) -> str:
    return (
        f"Small updates: one step changes no layer's weights by more than {1 / level:.2g} of their size, and the "
        f"gradients do not shrink. The learning rate {series.learning_rate:g} may be too low."
    )


def _saturated(names: list[str], k: int, level: float, series: Series) -> str:
    return (
        f"Saturated units: {percent(level, 0)} of the activations of {title_of(names, k)}, measured on "
        f"{_samples(series)}, have a slope near zero, so little gradient passes through."
    )


def _dead(names: list[str], k: int, level: float, series: Series) -> str:
    return (
        f"Dead units: {percent(level, 0)} of the units of {title_of(names, k)} have a slope near zero for all of "
        f"{_samples(series)}, so hardly any gradient reaches their weights."
    )


SENTENCES = {
    "vanishing": _vanishing,
    "exploding": _exploding,
    "large_updates": _large,
    "small_updates": _small,
    "saturated": _saturated,
    "dead": _dead,
}


@np.errstate(all="ignore")
def _peak(k: int, series: Series) -> int:
    """Return the later layer with the largest median pace over the last moments."""
    pace = np.median(series.pace.values[-WINDOW:], axis=0)
    return k + 1 + int(np.argmax(np.nan_to_num(pace[k + 1 :])))


def _fraction(level: float) -> str:
    if level < 1:
        return f"{100 * level:.3g}%"
    return f"{level:.3g}× their size" if level < 100 else f"{_times(level)} their size"


def _samples(series: Series) -> str:
    return f"{series.probe} samples" if series.probe != 1 else "1 sample"


def _times(level: float) -> str:
    return f"{float(f'{level:.2g}'):,.0f}×" if level < 1e9 else "over a billion times"
