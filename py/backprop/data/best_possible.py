"""The best loss and accuracy that any model can reach on given samples (the irreducible loss)."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class BestPossible(NamedTuple):
    """Best values that any function of the input can reach on some samples.

    Attributes
    ----------
    cross_entropy : minimum mean cross-entropy, in nats
    mse : minimum mean squared error against one-hot targets
    accuracy : maximum accuracy, 0 to 1
    """

    cross_entropy: float
    mse: float
    accuracy: float

    def loss(self, loss_type: str) -> float:
        """Return the minimum loss of a type of `losses.LOSSES`."""
        return self.mse if loss_type == "mse" else self.cross_entropy


def find_best_possible(inputs: NDArray[np.uint8], targets: NDArray[Any], classes: int) -> BestPossible:
    """Compute the best values that any function of the input can reach on these samples.

    Parameters
    ----------
    inputs : (samples, positions), token indices
    targets : integers (samples,), class indices
    classes : number of classes

    Notes
    -----
    With p(y | x), the fraction of samples with input x that have target y:

    * cross-entropy: the conditional entropy -Σ p(x, y) ln p(y | x); Cover & Thomas (2006), "Elements of Information
      Theory", eq. 2.10. Reached where softmax(logits) = p(y | x).
    * squared error: the mean over the samples and the classes of the conditional variance of the one-hot target,
      p(y | x) (1 - p(y | x)). Reached where logits = p(y | x), the conditional mean, which minimises the expected
      square: Bishop (2006), "Pattern Recognition and Machine Learning", eq. 1.89 and 1.90.
    * accuracy: for each input, the fraction of its most frequent target.
    """
    counts = count_targets(inputs, targets, classes)
    share = counts / counts.sum(axis=1, keepdims=True)  # p(y | x)
    logs = np.log(share, where=counts > 0, out=np.zeros_like(share))
    samples = len(targets)
    return BestPossible(
        max(0.0, float(-np.sum(counts * logs) / samples)),
        float(np.sum(counts * (1 - share)) / (samples * classes)),
        float(counts.max(axis=1).sum() / samples),
    )


def count_targets(inputs: NDArray[np.uint8], targets: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """Count how often each distinct input has each target → (distinct inputs, classes)."""
    which, unique = number_rows(inputs)
    return np.bincount(which * classes + targets, minlength=unique * classes).reshape(unique, classes)


def number_rows(rows: NDArray[np.uint8]) -> tuple[NDArray[np.int64], int]:
    """Return for each row its number among the distinct rows, from 0, and how many of these there are."""
    items = np.ascontiguousarray(rows).view(f"V{rows.shape[1]}").ravel()  # one opaque item per row: one sort is enough
    unique, which = np.unique(items, return_inverse=True)
    return which.ravel().astype(np.int64), len(unique)
