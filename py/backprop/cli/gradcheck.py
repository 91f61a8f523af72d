"""``python -m backprop gradcheck``: every gradient of a model against finite differences of its loss."""

from collections import Counter
from typing import Any

from ..gradcheck import RIGHT, TOO_SMALL, WRONG, GradientCheck, check_gradients
from ..losses import LOSSES
from ..runs.run import TrainingRun
from .options import config_of
from .output import Result

VERDICTS = {RIGHT: "right", WRONG: "wrong", TOO_SMALL: "too small to be checked by differences"}


def gradcheck(options: dict[str, Any]) -> Result:
    """Compare every gradient of a model with finite differences of its loss, in float64."""
    run = TrainingRun(config_of({**options, "model.dtype": "float64"}))
    batch = run.trainer.batch
    loss = LOSSES[run.config.trainer.loss_type]
    checks = check_gradients(run.model, run.dataset.inputs[batch], run.dataset.targets[batch], loss)
    width = max(len(check.name) for check in checks)
    lines = [f"{check.name:<{width}}  {check.relative_error:.1e}  {_describe(check)}" for check in checks]
    counts = Counter(check.verdict for check in checks)
    total = ", ".join(f"{counts[verdict]} {text}" for verdict, text in VERDICTS.items())
    data = {
        "gradients": [_plain(check) for check in checks],
        "counts": {verdict: counts[verdict] for verdict in VERDICTS},
    }
    return Result(data, [*lines, f"{len(checks)} gradients: {total}"], 1 if counts[WRONG] else 0)


def _plain(check: GradientCheck) -> dict[str, Any]:
    """Return the check of one tensor as plain data, without the difference of each cell."""
    return {
        "tensor": check.name,
        "verdict": check.verdict,
        "relative_error": float(check.relative_error),
        "worst": check.worst and {**check.worst._asdict(), "position": list(check.worst.position)},
        "cells": check.differences.size,
        "too_small": check.too_small,
        "left_out": check.left_out,
    }


def _describe(check: GradientCheck) -> str:
    """Describe the verdict on one tensor, with the cells left out and, if it is wrong, the worst cell."""
    text = VERDICTS[check.verdict]
    if check.verdict == WRONG and check.worst:
        position, gradient, numeric = check.worst
        text = f"WRONG; worst cell {list(position)}: {gradient:.6g} by backward, {numeric:.6g} by differences"
    if check.verdict == TOO_SMALL and check.too_small:
        text += f" ({check.too_small} of {check.differences.size} cells)"
    return text + "".join(
        f"; {count} of {check.differences.size} cells left out: {reason}" for reason, count in check.left_out.items()
    )
