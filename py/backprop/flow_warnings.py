"""What goes wrong in the gradient flow of a run, in sentences.

Every threshold stands in `THRESHOLDS`: a warning is raised at the first value and withdrawn only below the second. What
is compared is the median of the last `WINDOW` moments that `flow.Flow` measured. So a single odd batch raises nothing,
and nothing flickers; and since it all follows from what is kept of a run, the same run always gets the same warnings.
"""

import math
from typing import NamedTuple

import numpy as np

from .flow import QUANTITIES, Flow, Table, layer_names
from .model import Model
from .trainer import TrainerConfig

WINDOW = 5  # moments
FEWEST = 3  # of them, before anything is said about their median

# kind: (raised at, withdrawn at)
THRESHOLDS: dict[str, tuple[float, float]] = {
    "vanishing": (30, 15),  # times that a layer's ‖grad‖/‖weights‖ is smaller than a later layer's; see `_pace`
    "exploding": (30, 15),  # times that it is larger than the output layer's
    "large_updates": (0.1, 0.05),  # ‖update‖/‖weights‖ of a layer, where 1e-3 is usual
    "small_updates": (1e5, 3e4),  # 1 over the largest ‖update‖/‖weights‖ of all layers
    "saturated": (0.6, 0.5),  # share of activations with a slope near zero
    "dead": (0.4, 0.3),  # share of units with a slope near zero for every sample of the probe
}
# Updates are only called small while ‖grad‖ of the network is still about what it was at step 1: within this factor.
# Where it has shrunk, the network has learned, and nothing is wrong.
STILL = 10
# Half of the slopes of a healthy ReLU layer are 0, and those of the identity are all 1.
SATURATE = {"gelu", "gelu_exact", "tanh", "sigmoid", "silu"}


class Warning(NamedTuple):  # noqa: A001  # the word that a reader expects
    """One thing that goes wrong.

    Attributes
    ----------
    kind : "diverged", "identical", or a key of `THRESHOLDS`
    text : one or two sentences
    tensor, row, col : the cell of a gradient where it is seen best
    """

    kind: str
    text: str
    tensor: str
    row: int
    col: int


def warnings(flow: Flow, model: Model, now: Table, config: TrainerConfig, diverged: str | None = None) -> list[Warning]:
    """Say what goes wrong in a run, the gravest first; nothing, if all is well.

    Parameters
    ----------
    flow : `Flow` of the run so far
    model : its model, after a pass
    now : of that pass, as `flow.measure` returns it
    config : in force, its learning rate and its optimizer
    diverged : the tensor in which the run has diverged and stopped, or "loss"; None if it has not
    """
    names = layer_names(model)
    if diverged is not None:
        at = next((k for k, name in enumerate(names) if diverged.startswith(f"{name}/")), len(names) - 1)
        text = "Diverged: training has stopped before a step whose loss is infinite or not a number."
        return [_at(model, names, at, "diverged", f"{text} A lower learning rate may help.")]
    if not np.isfinite(now[:, :2]).all():
        at = int(np.argmin(np.isfinite(now[:, :2]).all(axis=1)))
        text = f"Diverged: weights or gradients of {_title(names, at)} are infinite or not a number any more."
        return [_at(model, names, at, "diverged", f"{text} A lower learning rate may help.")]
    identical = now[:, QUANTITIES.index("identical")]
    if (identical == 1).any():
        # Whatever else is odd follows from this.
        return [_identical(model, names, int(np.nanargmax(identical)))]
    found, past = [], _Past(flow.values, len(flow.probe), config.learning_rate, _pace(flow.values, config.optimizer))
    levels_of = _levels(past, model.activation) if len(flow.values) else {}
    for kind, levels in levels_of.items():
        smooth = _medians(levels)
        raised = _raised(smooth, *THRESHOLDS[kind])
        if raised.any():
            latest = np.where(raised, np.nan_to_num(smooth[-1], nan=0.0, posinf=math.inf), -1.0)
            at = int(np.argmax(latest))
            text = _SENTENCES[kind](names, at, float(latest[at]), past)
            found.append(_at(model, names, at, kind, text))
    return found


class _Pace(NamedTuple):
    """How fast layers learn, for their size: called `noun`, (moments, layers)."""

    noun: str
    values: Table


class _Past(NamedTuple):
    """What sentences are made of."""

    values: Table
    probe: int
    learning_rate: float
    pace: _Pace


@np.errstate(all="ignore")  # quotients of a network that does not learn at all
def _pace(values: Table, optimizer: str) -> _Pace:
    """By their gradients, as updates are in proportion to them; with Adam, where they are not, by the updates."""
    of = dict(zip(QUANTITIES, np.moveaxis(values, 2, 0), strict=True))
    if optimizer == "adam":
        return _Pace("update", of["update_ratio"])
    return _Pace("gradient", of["grad_norm"] / of["weight_norm"])


@np.errstate(all="ignore")
def _levels(past: _Past, activation: str) -> dict[str, Table]:
    """Return kind → (moments, layers), what is compared with its thresholds; the higher the worse."""
    of = dict(zip(QUANTITIES, np.moveaxis(past.values, 2, 0), strict=True))
    pace = past.pace.values
    later = _largest_later(pace)
    updates = np.where(np.isfinite(of["update_ratio"]), of["update_ratio"], np.nan)
    total = np.sqrt((of["grad_norm"] ** 2).sum(axis=1, keepdims=True))
    still = (total > total[:1] / STILL) & (total < total[:1] * STILL)
    slowest = np.where(still, 1 / np.fmax.reduce(updates, axis=1, keepdims=True), 0.0)
    return {
        "vanishing": later / pace,
        "exploding": pace / pace[:, -1:],  # not / later: it may grow from layer to layer, by a little each
        "large_updates": updates,
        "small_updates": np.broadcast_to(slowest, updates.shape),
        "saturated": of["flat"] if activation in SATURATE else np.zeros_like(updates),
        "dead": of["dead"],
    }


def _largest_later(values: Table) -> Table:
    """For each layer the largest number of all later ones; NaN for the last."""
    result = np.full_like(values, np.nan)
    if values.shape[1] > 1:
        result[:, :-1] = np.maximum.accumulate(values[:, :0:-1], axis=1)[:, ::-1]
    return result


def _medians(levels: Table) -> Table:
    """The median of each moment and those before it, `WINDOW` in all; NaN where there are fewer than `FEWEST`."""
    padded = np.concatenate([np.full((WINDOW - 1, levels.shape[1]), np.nan), levels])
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=0), axis=2)  # NaN comes last
    known = np.count_nonzero(~np.isnan(windows), axis=2)
    middle = np.take_along_axis(windows, np.maximum(known - 1, 0)[..., None] // 2, axis=2)[..., 0]
    return np.where(known >= FEWEST, middle, np.nan)


def _raised(levels: Table, on: float, off: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each column whether it reached `on`, and has not been below `off` since."""
    moments = np.arange(1, len(levels) + 1)[:, None]
    last_on = np.max(moments * (levels >= on), axis=0, initial=0)
    last_off = np.max(moments * (levels < off), axis=0, initial=0)
    raised: np.ndarray[tuple[int], np.dtype[np.bool_]] = last_on > last_off
    return raised


def _title(names: list[str], k: int) -> str:
    """Name a layer as people count: the first one is layer 1."""
    if names[k] == "embedding":
        return "the embedding"
    number = int(names[k].removeprefix("layers/")) + 1
    return "the output layer" if k == len(names) - 1 else f"layer {number}"


def _at(model: Model, names: list[str], k: int, kind: str, text: str) -> Warning:
    """Point at the cell of the layer's gradient that shows it: the largest one, or for dead units one of theirs."""
    table = model.embedding if names[k] == "embedding" else model.layers[int(names[k].removeprefix("layers/"))]
    sizes = np.abs(table.grad_weights)  # type: ignore[union-attr]  # the model has what it names
    flat = np.argmin(sizes.max(axis=0)) if kind == "dead" else np.argmax(sizes)  # the first NaN counts as largest
    row, col = (0, flat) if kind == "dead" else np.unravel_index(flat, sizes.shape)
    return Warning(kind, text, f"{names[k]}/grad_weights", int(row), int(col))


def _identical(model: Model, names: list[str], k: int) -> Warning:
    units = model.embedding.dim if names[k] == "embedding" and model.embedding else model.layers[k - len(names)].fan_out
    title = _title(names, k)
    text = (
        f"Identical units: all {units} units of {title} have the same weights and the same gradients, so they stay "
        "copies of one unit. Their first weights must differ."
    )
    return _at(model, names, k, "identical", text)


def _vanishing(names: list[str], k: int, level: float, past: _Past) -> str:
    return (
        f"Vanishing gradients: {_title(names, k)}'s {past.pace.noun} is {_times(level)} smaller than "
        f"{_title(names, _peak(k, past))}'s, each measured against its weights, so it learns far more slowly."
    )


def _exploding(names: list[str], k: int, level: float, past: _Past) -> str:
    return (
        f"Exploding gradients: {_title(names, k)}'s {past.pace.noun} is {_times(level)} larger than the output "
        "layer's, each measured against its weights, so no learning rate suits both."
    )


def _large(names: list[str], k: int, level: float, past: _Past) -> str:
    return (
        f"Large updates: a step moves {_title(names, k)} by {level:.2g} of its weights, where about 1e-3 is usual. "
        f"The learning rate {past.learning_rate:g} may be too high."
    )


def _small(_names: list[str], _k: int, level: float, past: _Past) -> str:
    return (
        f"Small updates: a step moves no layer by more than {1 / level:.2g} of its weights, where about 1e-3 is "
        f"usual, and the gradients do not shrink. The learning rate {past.learning_rate:g} may be too low."
    )


def _saturated(names: list[str], k: int, level: float, past: _Past) -> str:
    return (
        f"Saturated units: {level:.0%} of the activations of {_title(names, k)} have a slope near zero, on the "
        f"{past.probe} samples that are looked at, so little gradient passes through."
    )


def _dead(names: list[str], k: int, level: float, past: _Past) -> str:
    return (
        f"Dead units: {level:.0%} of the units of {_title(names, k)} have a slope near zero for each of the "
        f"{past.probe} samples that are looked at, so hardly any gradient reaches their weights."
    )


_SENTENCES = {
    "vanishing": _vanishing,
    "exploding": _exploding,
    "large_updates": _large,
    "small_updates": _small,
    "saturated": _saturated,
    "dead": _dead,
}


@np.errstate(all="ignore")
def _peak(k: int, past: _Past) -> int:
    """The later layer that learns fastest for its size, over the last moments."""
    pace = np.median(past.pace.values[-WINDOW:], axis=0)
    return k + 1 + int(np.argmax(np.nan_to_num(pace[k + 1 :])))


def _times(level: float) -> str:
    return f"{float(f'{level:.2g}'):,.0f}×" if level < 1e9 else "over a billion times"
