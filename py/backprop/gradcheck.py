"""Is backward() right? Ask the loss itself, by nudging one number at a time.

A gradient says how fast the loss grows with a number. So make that number a little larger and a little smaller, and
look: (L(w + h) - L(w - h)) / 2h, the *central difference*, is the same rate up to an error of order h². It needs two
forward passes per number and knows nothing of the chain rule, which makes it slow, and a judge that shares no mistake
with the code it judges.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .losses import LossFunction
from .model import Model

# In float64 correct gradients come out near 1e-10; the smallest of the known mistakes (the slope of one GELU formula
# used with the value of the other) near 1e-4.
TOLERANCE = 1e-7


class GradientCheck(NamedTuple):
    """What came out for one tensor."""

    name: str
    relative_error: float

    @property
    def passed(self) -> bool:
        """Whether the error is no more than `TOLERANCE`."""
        return self.relative_error <= TOLERANCE  # False for NaN


def check_gradients(
    model: Model, x: NDArray[Any], targets: NDArray[Any], loss: LossFunction, step: float = 1e-5
) -> list[GradientCheck]:
    """Compare every gradient that `backward` computes with central differences.

    Parameters
    ----------
    model : a float64 Model; its parameters are nudged and put back, to the last bit
    x : (batch, input_dim), or token indices (batch, positions) for a model with an embedding
    targets : as `loss` takes them
    loss : a function of `losses`
    step : h, how far each number is nudged

    Returns
    -------
    list of GradientCheck, one for each tensor of parameters and, if x is not made of token indices, one for `inputs`

    Raises
    ------
    ValueError
        If the model is not float64: in float32, rounding drowns the differences.
    """
    if model.dtype != "float64":
        raise ValueError(f"dtype must be float64 to check gradients, got {model.dtype}")

    def loss_now() -> float:
        return loss(model.forward(x), targets)[0]

    grad_inputs = model.backward(loss(model.forward(x), targets)[1])
    pairs = [(name, model.named_parameters()[name], grad.copy()) for name, grad in model.named_gradients().items()]
    if not model.embedding:
        x = np.array(x, dtype="float64")
        pairs.insert(0, ("inputs", x, grad_inputs))
    checks = []
    for name, values, grad in pairs:
        differences = np.empty_like(grad)
        for index in np.ndindex(values.shape):
            original = values[index]
            values[index] = original + step
            above = loss_now()
            values[index] = original - step
            below = loss_now()
            values[index] = original
            differences[index] = (above - below) / (2 * step)
        checks.append(GradientCheck(name, relative_error(grad, differences)))
    return checks


def relative_error(a: Array, b: Array) -> float:
    """‖a - b‖ / (‖a‖ + ‖b‖), with Euclidean norms; 0 if both are zero everywhere."""
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / size) if size else 0.0
