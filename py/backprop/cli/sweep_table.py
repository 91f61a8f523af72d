"""Results of a sweep: which run is best, as a table and as plain data."""

import math
from collections.abc import Sequence
from typing import Any

from ..monitor.percent import percent
from .output import brief
from .sweep_folder import Finished


def metric_of(results: Sequence[Finished]) -> str:
    """Return the metric by which all runs can be compared, a field of `Metrics`.

    It is a loss if all have the same loss function, else an accuracy; of the held-out samples if all hold some out.
    """
    losses = {each.run["config"]["trainer"]["loss_type"] for each in results}
    kind = "loss" if len(losses) <= 1 else "accuracy"
    return f"held_out_{kind}" if all(each.metrics.held_out_loss is not None for each in results) else kind


def ordered(results: Sequence[Finished]) -> list[Finished]:
    """Return results, the best first; those without a finite value last."""
    metric = metric_of(results)
    sign = 1 if metric.endswith("loss") else -1

    def rank(each: Finished) -> float:
        value = getattr(each.metrics, metric)
        return sign * value if value is not None and math.isfinite(value) else math.inf

    return sorted(results, key=rank)


def lines_of(results: Sequence[Finished]) -> list[str]:
    """Return a table of results, the best first."""
    if not results:
        return []
    metric = metric_of(results)
    prefix = "held_out_" if metric.startswith("held_out_") else ""
    title = prefix.replace("_out_", "-out ")
    rows = [("run", f"{title}loss", f"{title}accuracy", "epochs", "stopped by")]
    for each in ordered(results):
        loss, accuracy = (getattr(each.metrics, f"{prefix}{kind}") for kind in ("loss", "accuracy"))
        reason = each.reason.replace("_", " ")
        rows.append((each.run["name"], brief(loss, 6), percent(accuracy, 2), f"{each.epoch:,.4g}", reason))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [_line(row, widths) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers, reason = row
    cells = [f"{text:>{width}}" for text, width in zip(numbers, widths[1:-1], strict=True)]
    return "  ".join([f"{name:<{widths[0]}}", *cells, reason])


def data_of(each: Finished) -> dict[str, Any]:
    """Return a result as plain data."""
    metrics = each.metrics
    held_out = {"loss": metrics.held_out_loss, "accuracy": metrics.held_out_accuracy}
    return {
        "name": each.run["name"],
        "file": str(each.file),
        "parameters": each.run["parameters"],
        "steps": metrics.step,
        "epochs": each.epoch,
        "stopped": each.reason,
        "training": {"loss": metrics.loss, "accuracy": metrics.accuracy},
        "held_out": None if metrics.held_out_loss is None else held_out,
        "config": each.run["config"],
    }
