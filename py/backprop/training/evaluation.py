"""Evaluation of a model: loss, accuracy and confusion matrix, from its logits."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..losses import LOSSES
from ..model import Model
from .divergence import quiet
from .samples import Samples
from .slices import Work

# Largest evaluation batch, in samples, and largest parameters × samples: about 20 ms in a browser.
EVALUATION_BATCH = 1024
EVALUATION_WORK = 20_000_000


class Score(NamedTuple):
    """Mean loss, and accuracy from 0 to 1; None if a sample has no prediction: its largest logit is not finite."""

    loss: float
    accuracy: float | None


def evaluation(model: Model, samples: Samples, chosen: NDArray[np.int32], loss_type: str) -> Work[Score]:
    """Evaluate a model on one or more samples, batch by batch; it must not change until that is done."""
    size = max(1, min(EVALUATION_BATCH, EVALUATION_WORK // model.parameters.size))
    loss_sum = 0.0
    num_correct: int | None = 0
    for k in range(0, len(chosen), size):
        if k > 0:
            yield
        loss, count = _score(model, samples, chosen[k : k + size], loss_type)
        loss_sum += loss
        num_correct = None if num_correct is None or count is None else num_correct + count
    return Score(loss_sum / len(chosen), None if num_correct is None else num_correct / len(chosen))


@quiet
def _score(model: Model, samples: Samples, chosen: NDArray[np.int32], loss_type: str) -> tuple[float, int | None]:
    """Return the sum of the samples' losses, and the number of correct predictions as `count_correct` does."""
    logits = model.predict(samples.x.take(chosen, axis=0))
    loss, _ = LOSSES[loss_type](logits, samples.y.take(chosen, axis=0))
    classes = samples.classes.take(chosen)
    # If the loss is finite, each sample has a prediction.
    is_known = math.isfinite(loss)
    num_correct = int(np.count_nonzero(is_correct(logits, classes))) if is_known else count_correct(logits, classes)
    return loss * len(logits), num_correct


@quiet
def confusion(model: Model, samples: Samples, chosen: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the confusion matrix of these samples: true class (rows) by predicted class (columns)."""
    classes = samples.y.shape[1]
    total = np.zeros((classes, classes), np.int32)
    for k in range(0, len(chosen), EVALUATION_BATCH):
        batch = chosen[k : k + EVALUATION_BATCH]
        total += confusion_matrix(model.predict(samples.x[batch]), samples.classes[batch])
    return total


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


class EpochLogits:
    """Logits of the steps of an epoch, scored together: argmax over many rows is cheaper than once per step.

    Attributes
    ----------
    num_scored : number of samples whose predictions are counted
    """

    def __init__(self, num_train: int, classes: int, dtype: str) -> None:
        self._logits: Array = np.empty((num_train, classes), dtype)
        self.num_scored = 0

    def keep(self, logits: Array, position: int) -> None:
        """Keep the logits of the batch at this position in the epoch."""
        self._logits[position : position + len(logits)] = logits

    def score(self, classes: NDArray[Any], size: int) -> tuple[int, NDArray[np.float64]]:
        """Count the correct predictions since the last call, at the time of their steps.

        Parameters
        ----------
        classes : class indices of the targets since then, in the order of the epoch
        size : samples per batch

        Returns
        -------
        number of correct predictions, and the accuracy of each batch, 0 to 1
        """
        correct = is_correct(self._logits[self.num_scored : self.num_scored + len(classes)], classes)
        starts = np.arange(0, len(correct), size)
        accuracies = np.add.reduceat(correct, starts, dtype=np.float64)
        accuracies[:-1] /= size
        accuracies[-1] /= len(correct) - starts[-1]  # the last batch may be short
        return int(np.count_nonzero(correct)), accuracies


def is_correct(logits: Array, classes: NDArray[Any]) -> NDArray[np.bool_]:
    """Return for each row whether this class has the largest logit (the first of equal ones); logits are finite."""
    correct: NDArray[np.bool_] = logits.argmax(axis=1) == classes
    return correct
