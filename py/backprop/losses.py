"""Loss functions: cross-entropy and mean squared error, with their gradients.

Both take logits (batch, classes) and targets, and return ``(loss, grad_logits)``: a float, and dL/dlogits with the
shape and dtype of the logits. They equal PyTorch's `cross_entropy` and `mse_loss` with ``reduction="mean"``.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Array

MAX_EXPONENT = 709  # e^x overflows float64 beyond it

LossFunction = Callable[[Array, NDArray[Any]], tuple[float, Array]]


def softmax(logits: Array) -> Array:
    """Convert each row of logits into probabilities: e^logit divided by the sum over the row.

    The largest logit of the row is subtracted first: it cancels in the fraction, and exp cannot overflow.

    Parameters
    ----------
    logits : array (batch, classes)

    Returns
    -------
    array (batch, classes), each row non-negative and summing to 1
    """
    exps = np.exp(logits - np.maximum.reduce(logits, axis=1, keepdims=True))
    exps /= np.add.reduce(exps, axis=1, keepdims=True)
    return exps


def cross_entropy(logits: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """Compute the mean over the batch of -log softmax(logits)[target], in nats, and its gradient.

    Parameters
    ----------
    logits : array (batch, classes)
    targets : class indices (batch,) in [0, classes), or probabilities (batch, classes), each row summing to 1

    Returns
    -------
    loss : float, 0 or more; ∞ if the difference of two logits in a row overflows
    grad_logits : array (batch, classes), (softmax(logits) - targets) / batch

    Raises
    ------
    ValueError
        If the shapes do not fit, or a class index is out of range.

    Notes
    -----
    Goodfellow, Bengio & Courville (2016), "Deep Learning", section 6.2.2.3. The logarithm of the loss and the
    exponential of softmax cancel in the gradient, which leaves the predicted minus the true probability.
    """
    y = as_one_hot(targets, logits)
    batch = logits.shape[0]
    shifted = logits - np.maximum.reduce(logits, axis=1, keepdims=True)
    exps = np.exp(shifted)  # (batch, classes)
    sums = np.add.reduce(exps, axis=1, keepdims=True)  # (batch, 1)
    log_sums, correct = np.log(sums), np.multiply(y, shifted)
    loss = float((np.add.reduce(log_sums, axis=None) - np.add.reduce(correct, axis=None)) / batch)
    if not math.isfinite(loss):
        loss = _far_apart(log_sums, y, shifted)
    exps /= sums  # now softmax(logits)
    exps -= y
    exps /= batch
    return loss, exps


def mse(logits: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """Compute the mean over the batch and the classes of (logit - target)², and its gradient.

    Parameters
    ----------
    logits : array (batch, classes)
    targets : numbers (batch, classes), such as one-hot rows, or class indices (batch,), converted to one-hot rows

    Returns
    -------
    loss : float, 0 or more
    grad_logits : array (batch, classes), 2 (logits - targets) / (batch · classes)

    Raises
    ------
    ValueError
        If the shapes do not fit, or a class index is out of range.
    """
    difference = logits - as_one_hot(targets, logits)
    loss = float(np.add.reduce(np.square(difference), axis=None) / difference.size)
    if math.isinf(loss):  # a square or the sum may overflow where the mean does not
        loss = float(np.add.reduce(np.square(difference / math.sqrt(difference.size)), axis=None))
    difference *= 2 / difference.size
    return loss, difference


def _far_apart(log_sums: Array, targets: Array, shifted: Array) -> float:
    """Return the mean of log_sums - targets · shifted over the batch, for logits of a row very far apart.

    shifted is -∞ if a logit is further below the largest one than the largest number of the dtype. A class that is not
    the target contributes 0 even then, while 0 · -∞ is NaN. The sum over the batch may overflow where the mean does
    not.
    """
    counting = np.multiply(targets, shifted, out=np.zeros_like(shifted), where=targets != 0)
    losses = log_sums[:, 0] - np.add.reduce(counting, axis=1)  # (batch,)
    return float(np.add.reduce(losses / len(losses)))


def perplexity(cross_entropy: float) -> float:
    """Return e^loss, the effective number of equally likely classes.

    Jurafsky & Martin (2024), "Speech and Language Processing", section 3.3.
    """
    return math.inf if cross_entropy > MAX_EXPONENT else math.exp(cross_entropy)


def one_hot(indices: NDArray[Any], classes: int, dtype: str = "float32") -> Array:
    """Return rows of zeros with a single 1, in column indices[i] of row i; indices (n,) → (n, classes)."""
    rows: Array = np.eye(classes, dtype=dtype)[indices]
    return rows


def as_one_hot(targets: NDArray[Any], logits: Array) -> Array:
    """Return targets with the shape and dtype of the logits; class indices (batch,) become one-hot rows."""
    if targets.shape == logits.shape:
        return targets if targets.dtype == logits.dtype else targets.astype(logits.dtype)
    batch, classes = logits.shape
    if targets.shape != (batch,) or targets.dtype.kind not in "iu":
        raise ValueError(
            f"targets must be class indices of shape ({batch},) or rows of shape ({batch}, {classes}), "
            f"got {targets.dtype} of shape {targets.shape}"
        )
    if targets.min() < 0 or targets.max() >= classes:
        raise ValueError(
            f"targets must be class indices between 0 and {classes - 1}, got {targets.min()} to {targets.max()}"
        )
    return one_hot(targets, classes, logits.dtype.name)


LOSSES: dict[str, LossFunction] = {"cross_entropy": cross_entropy, "mse": mse}
