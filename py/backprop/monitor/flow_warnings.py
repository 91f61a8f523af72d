"""Warnings about the gradient flow of a run, in sentences.

`THRESHOLDS` holds all thresholds: a warning is raised at the first value and withdrawn only below the second
(hysteresis). Both are compared with the median of the last `WINDOW` moments of `flow.Flow`, so that a single
unusual batch raises no warning. Warnings depend only on saved data: the same run always has the same warnings.
"""

import math
from typing import NamedTuple

import numpy as np

from ..model import Model
from ..optimizers import OPTIMIZERS
from ..tensors import layer_names
from ..training.config import TrainerConfig
from .flow import Flow
from .flow_sentences import SENTENCES, WINDOW, Pace, Series, title_of
from .gradient_flow import QUANTITIES, Table

MIN_MOMENTS = 3  # for a median

# kind: (raised at, withdrawn at)
THRESHOLDS: dict[str, tuple[float, float]] = {
    "vanishing": (30, 15),  # ‖grad‖/‖weights‖ of the largest later layer over that of the layer; see `_pace`
    "exploding": (30, 15),  # ‖grad‖/‖weights‖ of the layer over that of the output layer
    "large_updates": (0.1, 0.05),  # ‖update‖/‖weights‖ of a layer, in one step
    "small_updates": (1e5, 3e4),  # 1 over the largest ‖update‖/‖weights‖ of all layers
    "saturated": (0.6, 0.5),  # fraction of activations with a slope near zero
    "dead": (0.4, 0.3),  # fraction of units with a slope near zero for every sample of the probe
}
# Updates count as small only while the network's ‖grad‖ is within this factor of its value at step 1. A smaller ‖grad‖
# means that the network has learned.
STEADY_FACTOR = 10
# Activation functions that saturate. In a healthy ReLU layer half of the slopes are 0; the identity's are all 1.
SATURATING = {"gelu", "gelu_exact", "tanh", "sigmoid", "silu"}


class FlowWarning(NamedTuple):
    """One problem of a run.

    Attributes
    ----------
    kind : "diverged", "identical", or a key of `THRESHOLDS`
    text : one or two sentences
    tensor, row, col : cell of a gradient that shows the problem best
    """

    kind: str
    text: str
    tensor: str
    row: int
    col: int


def warnings(
    flow: Flow, model: Model, now: Table, config: TrainerConfig, *, diverged: str | None = None
) -> list[FlowWarning]:
    """Return the warnings about a run, most severe first; an empty list for a healthy run.

    Parameters
    ----------
    flow : `Flow` of the run so far
    model : model of the run, after a pass
    now : gradient flow of that pass, from `gradient_flow.measure`
    config : config in force, for learning rate and optimizer
    diverged : first non-finite tensor, or "loss", of a run that stopped because it diverged; else None
    """
    names = layer_names(model)
    if diverged is not None:
        at = next((k for k, name in enumerate(names) if diverged.startswith(f"{name}/")), len(names) - 1)
        text = "Diverged: training stopped because it produced infinite or undefined numbers."
        return [_at(model, names, at, "diverged", text=f"{text} A lower learning rate may help.")]
    if not np.isfinite(now[:, :2]).all():
        at = int(np.argmin(np.isfinite(now[:, :2]).all(axis=1)))
        text = f"Diverged: weights or gradients of {title_of(names, at)} are infinite or undefined."
        return [_at(model, names, at, "diverged", text=f"{text} A lower learning rate may help.")]
    identical = now[:, QUANTITIES.index("identical")]
    if (identical == 1).any():
        # Other problems are consequences of this one.
        return [_identical(model, names, int(np.nanargmax(identical)))]
    found = []
    series = Series(flow.values, len(flow.probe), config.learning_rate, _pace(flow.values, config.optimizer))
    levels_of = _levels(series, model.activation) if len(flow.values) else {}
    for kind, levels in levels_of.items():
        smooth = _medians(levels)
        raised = _raised(smooth, *THRESHOLDS[kind])
        if raised.any():
            latest = np.where(raised, np.nan_to_num(smooth[-1], nan=0.0, posinf=math.inf), -1.0)
            at = int(np.argmax(latest))
            text = SENTENCES[kind](names, at, float(latest[at]), series)
            found.append(_at(model, names, at, kind, text=text))
    return found


@np.errstate(all="ignore")  # quotients of zeros in a network that does not learn
def _pace(values: Table, optimizer: str) -> Pace:
    """Compute ‖grad‖/‖weights‖, to which updates are proportional; with Adam, where they are not, the update ratio."""
    of = dict(zip(QUANTITIES, np.moveaxis(values, 2, 0), strict=True))
    if OPTIMIZERS[optimizer].ADAPTS:
        return Pace("update", of["update_ratio"])
    return Pace("gradient", of["grad_norm"] / of["weight_norm"])


@np.errstate(all="ignore")
def _levels(series: Series, activation: str) -> dict[str, Table]:
    """Return kind → (moments, layers), the levels to compare with the thresholds; higher is worse."""
    of = dict(zip(QUANTITIES, np.moveaxis(series.values, 2, 0), strict=True))
    pace = series.pace.values
    later = _largest_later(pace)
    updates = np.where(np.isfinite(of["update_ratio"]), of["update_ratio"], np.nan)
    total = np.sqrt((of["grad_norm"] ** 2).sum(axis=1, keepdims=True))
    steady = (total > total[:1] / STEADY_FACTOR) & (total < total[:1] * STEADY_FACTOR)
    slowest = np.where(steady, 1 / np.fmax.reduce(updates, axis=1, keepdims=True), 0.0)
    return {
        "vanishing": later / pace,
        "exploding": pace / pace[:, -1:],  # not / later: gradients may grow by a little from layer to layer
        "large_updates": updates,
        "small_updates": np.broadcast_to(slowest, updates.shape),
        "saturated": of["flat"] if activation in SATURATING else np.zeros_like(updates),
        "dead": of["dead"],
    }


def _largest_later(values: Table) -> Table:
    """Return for each layer the maximum over all later layers; NaN for the last."""
    result = np.full_like(values, np.nan)
    if values.shape[1] > 1:
        result[:, :-1] = np.maximum.accumulate(values[:, :0:-1], axis=1)[:, ::-1]
    return result


def _medians(levels: Table) -> Table:
    """Return the running median over `WINDOW` moments; NaN where fewer than `MIN_MOMENTS` are known."""
    padded = np.concatenate([np.full((WINDOW - 1, levels.shape[1]), np.nan), levels])
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=0), axis=2)  # NaN comes last
    known = np.count_nonzero(~np.isnan(windows), axis=2)
    middle = np.take_along_axis(windows, np.maximum(known - 1, 0)[..., None] // 2, axis=2)[..., 0]
    return np.where(known >= MIN_MOMENTS, middle, np.nan)


def _raised(levels: Table, on: float, off: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each column whether it reached `on` and has not been below `off` since."""
    moments = np.arange(1, len(levels) + 1)[:, None]
    last_on = np.max(moments * (levels >= on), axis=0, initial=0)
    last_off = np.max(moments * (levels < off), axis=0, initial=0)
    raised: np.ndarray[tuple[int], np.dtype[np.bool_]] = last_on > last_off
    return raised


def _at(model: Model, names: list[str], k: int, kind: str, *, text: str) -> FlowWarning:
    """Return a warning at the cell of the layer's gradient that shows it: the largest, or one of a dead unit."""
    sizes = np.abs(model.named_gradients()[f"{names[k]}/weights"])
    flat = np.argmin(sizes.max(axis=0)) if kind == "dead" else np.argmax(sizes)  # the first NaN counts as largest
    row, col = (0, flat) if kind == "dead" else np.unravel_index(flat, sizes.shape)
    return FlowWarning(kind, text, f"{names[k]}/grad_weights", int(row), int(col))


def _identical(model: Model, names: list[str], k: int) -> FlowWarning:
    units = model.embedding.dim if names[k] == "embedding" and model.embedding else model.layers[k - len(names)].fan_out
    title = title_of(names, k)
    text = (
        f"Identical units: all {units} units of {title} have the same weights and the same gradients, so they stay "
        "copies of one unit. Their initial weights must differ."
    )
    return _at(model, names, k, "identical", text=text)
