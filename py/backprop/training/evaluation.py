"""Predictions from logits: number of correct ones and confusion matrix."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import Array


def predictions(logits: Array) -> NDArray[np.intp]:
    """Return the class of the largest logit of each row (the first of equal ones); -1 if that logit is not finite.

    NaN is neither larger nor smaller than any logit, and ∞ stands for any number that overflowed, so such a sample has
    no prediction. If a cross-entropy is finite, each of its samples has one.
    """
    classes: NDArray[np.intp] = logits.argmax(axis=1)
    classes[~np.isfinite(np.maximum.reduce(logits, axis=1))] = -1  # the maximum of a row with NaN is NaN
    return classes


def count_correct(logits: Array, targets: NDArray[Any]) -> int | None:
    """Count rows whose prediction equals the target; None if a row has no prediction.

    Parameters
    ----------
    logits : (samples, classes)
    targets : class indices (samples,)
    """
    predicted = predictions(logits)
    return None if (predicted < 0).any() else int(np.count_nonzero(predicted == targets))


def confusion_matrix(logits: Array, targets: NDArray[Any]) -> NDArray[np.int32]:
    """Count samples by true class (rows) and predicted class (columns).

    Parameters
    ----------
    logits : (samples, classes)
    targets : class indices (samples,)

    Returns
    -------
    int32 array (classes, classes); correct predictions are on the diagonal; samples without a prediction are not
    counted
    """
    classes, predicted = logits.shape[1], predictions(logits)
    cells = (targets * classes + predicted)[predicted >= 0]
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes).astype(np.int32)
