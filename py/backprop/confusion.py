"""The confusion matrix: of the samples of each class, how many the model takes for each class."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Array


def confusion_matrix(logits: Array, targets: NDArray[Any]) -> NDArray[np.int32]:
    """Count samples by true class (rows) and predicted class (columns).

    Parameters
    ----------
    logits : (samples, classes); the largest is the prediction, of equal ones the first
    targets : integers (samples,), the true classes

    Returns
    -------
    int32 array (classes, classes); its diagonal is what is right, and its sum the number of samples
    """
    classes = logits.shape[1]
    cells = targets * classes + logits.argmax(axis=1)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes).astype(np.int32)
