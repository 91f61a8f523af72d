"""Intermediate values of the loss of a batch, from logits and targets to the mean over the samples."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..losses import LOSSES, as_one_hot, softmax


def loss_shapes(batch: int, classes: int, loss_type: str) -> dict[str, tuple[int, int]]:
    """Return name → shape of each tensor of a `BatchLoss`."""
    probabilities = {"probabilities": (batch, classes)} if loss_type == "cross_entropy" else {}
    return {"targets": (batch, classes), **probabilities, "sample_losses": (batch, 1), "loss": (1, 1)}


class BatchLoss:
    """The numbers between the logits of a pass and its loss. Heatmaps do not show them, but each can be explained.

    Parameters
    ----------
    logits : array (batch, classes)
    targets : class indices (batch,), or rows (batch, classes)
    loss_type : a name in `losses.LOSSES`
    """

    def __init__(self, logits: Array, targets: NDArray[Any], loss_type: str) -> None:
        self.logits, self.loss_type = logits, loss_type
        self.batch, self.classes = logits.shape
        self.targets = as_one_hot(targets, logits)

    def tensor(self, name: str) -> Array:
        """Return one of the tensors in `loss_shapes`."""
        values: Array = getattr(self, name)
        return values

    @cached_property
    def loss(self) -> Array:
        """Loss of the batch, (1, 1)."""
        return np.array([[LOSSES[self.loss_type](self.logits, self.targets)[0]]])

    @cached_property
    def probabilities(self) -> Array:
        """Softmax of the logits, (batch, classes)."""
        return softmax(self.logits)

    @cached_property
    def sample_losses(self) -> Array:
        """Loss of each sample, (batch, 1), computed as a batch of one."""
        loss, rows = LOSSES[self.loss_type], range(self.batch)
        return np.array([[loss(self.logits[n : n + 1], self.targets[n : n + 1])[0]] for n in rows])

    @cached_property
    def shifted(self) -> Array:
        """Logits minus the largest of their row, (batch, classes)."""
        shifted: Array = self.logits - np.maximum.reduce(self.logits, axis=1, keepdims=True)
        return shifted

    @cached_property
    def exps(self) -> Array:
        """Exponentials of the shifted logits, (batch, classes)."""
        exps: Array = np.exp(self.shifted)
        return exps

    @cached_property
    def sums(self) -> Array:
        """Sum of the exponentials over the classes, (batch, 1)."""
        sums: Array = np.add.reduce(self.exps, axis=1, keepdims=True)
        return sums

    @cached_property
    def log_sums(self) -> Array:
        """Logarithm of the sums, (batch, 1)."""
        log_sums: Array = np.log(self.sums)
        return log_sums

    @cached_property
    def difference(self) -> Array:
        """Logits minus targets, (batch, classes)."""
        difference: Array = self.logits - self.targets
        return difference
