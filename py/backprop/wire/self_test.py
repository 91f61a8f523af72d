"""The self-test on the wire: the gradients of a small model against differences of the loss."""

import platform
from typing import TypedDict

import numpy as np

from .. import gradcheck
from ..losses import LOSSES
from ..runs.config import RunConfig

CONFIG = {"model": {"hidden_dims": [8, 6], "dtype": "float64"}}


class GradientCheck(TypedDict):
    """Result of the check of one gradient.

    Attributes
    ----------
    relative_error : ‖a − n‖ / (‖a‖ + ‖n‖), for gradients a and differences n of the loss
    verdict : "right", "wrong" or "too small to be checked"
    """

    name: str
    relative_error: float
    verdict: str


class SelfTest(TypedDict):
    """Result of the self-test.

    Attributes
    ----------
    message : method and result, in one sentence
    """

    passed: bool
    message: str
    loss: float
    tolerance: float
    gradients: list[GradientCheck]
    python: str
    numpy: str


def check_model() -> SelfTest:
    """Check every gradient of a small model against central differences."""
    config = RunConfig.from_dict(CONFIG)
    dataset, model, loss = config.make_dataset(), config.make_model(), LOSSES["cross_entropy"]
    x, y = dataset.inputs[:5], dataset.targets[:5]
    checks = gradcheck.check_gradients(model, x, y, loss)
    wrong = [check for check in checks if check.verdict != gradcheck.RIGHT]
    worst = max(wrong or checks, key=lambda check: check.relative_error)
    count = f"{len(wrong)} of {len(checks)} gradients differ from" if wrong else f"{len(checks)} gradients agree with"
    return SelfTest(
        passed=not wrong,
        message=(
            f"One forward and backward pass: {count} central differences "
            f"(largest relative error {worst.relative_error:.0e}, in {worst.name})."
        ),
        loss=float(loss(model.predict(x), y)[0]),
        tolerance=gradcheck.TOLERANCE,
        gradients=[
            GradientCheck(name=check.name, relative_error=check.relative_error, verdict=check.verdict)
            for check in checks
        ],
        python=platform.python_version(),
        numpy=np.__version__,
    )
