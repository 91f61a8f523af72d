"""Loss functions: how wrong the logits are, as one number, and its gradient with respect to each logit.

Both take logits (batch, classes) and targets, and return ``(loss, grad_logits)``: a float, and dL/dlogits of the
shape and dtype of the logits. They equal PyTorch's `cross_entropy` and `mse_loss` with ``reduction="mean"``.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Array

MOST_NATS = 709  # e^x passes the largest float64 beyond

LossFunction = Callable[[Array, NDArray[Any]], tuple[float, Array]]


def softmax(logits: Array) -> Array:
    """Turn each row of logits into probabilities: e^logit over the sum of the row's.

    The row's largest logit is subtracted first: it cancels in the fraction, and exp cannot overflow.

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
    """Mean over the batch of -log softmax(logits)[target], in nats.

    Parameters
    ----------
    logits : array (batch, classes)
    targets : integers (batch,), each a class index in [0, classes), or probabilities (batch, classes), each row summing
    to 1

    Returns
    -------
    loss : float, 0 or more
    grad_logits : array (batch, classes), (softmax(logits) - targets) / batch

    Raises
    ------
    ValueError
        If the shapes do not fit, or a class index is out of range.

    Notes
    -----
    Goodfellow, Bengio & Courville (2016), "Deep Learning", section 6.2.2.3. Because the loss is a logarithm of an
    exponential, the two cancel in the gradient: what is left is the predicted minus the true probability.
    """
    y = as_one_hot(targets, logits)
    batch = logits.shape[0]
    shifted = logits - np.maximum.reduce(logits, axis=1, keepdims=True)
    exps = np.exp(shifted)  # (batch, classes)
    sums = np.add.reduce(exps, axis=1, keepdims=True)  # (batch, 1)
    log_sums, correct = np.log(sums), np.multiply(y, shifted)
    loss = (np.add.reduce(log_sums, axis=None) - np.add.reduce(correct, axis=None)) / batch
    exps /= sums  # now softmax(logits)
    exps -= y
    exps /= batch
    return float(loss), exps


def mse(logits: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """Mean over the batch and the classes of (logit - target)².

    Parameters
    ----------
    logits : array (batch, classes)
    targets : numbers (batch, classes), such as one-hot rows, or class indices (batch,), which stand for one-hot rows

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
    loss = np.add.reduce(np.square(difference), axis=None) / difference.size
    difference *= 2 / difference.size
    return float(loss), difference


def perplexity(cross_entropy: float) -> float:
    """Return e^loss: among how many equally likely classes the model hesitates, on average.

    Jurafsky & Martin (2024), "Speech and Language Processing", section 3.3.
    """
    return math.inf if cross_entropy > MOST_NATS else math.exp(cross_entropy)


def one_hot(indices: NDArray[Any], classes: int, dtype: str = "float32") -> Array:
    """Rows of zeros with a single 1: row i has it in column indices[i]; indices (n,) → (n, classes)."""
    rows: Array = np.eye(classes, dtype=dtype)[indices]
    return rows


def as_one_hot(targets: NDArray[Any], logits: Array) -> Array:
    """Return targets as rows of the shape and dtype of the logits; class indices (batch,) become one-hot rows."""
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
