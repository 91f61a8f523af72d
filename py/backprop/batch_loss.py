"""The loss of a batch as it comes about: of each sample, from its logits and its target, and their mean."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .losses import LOSSES, as_one_hot, softmax


def loss_shapes(batch: int, classes: int, loss_type: str) -> dict[str, tuple[int, int]]:
    """Return the shape of each tensor of a `BatchLoss`, by name."""
    probabilities = {"probabilities": (batch, classes)} if loss_type == "cross_entropy" else {}
    return {"targets": (batch, classes), **probabilities, "sample_losses": (batch, 1), "loss": (1, 1)}


class BatchLoss:
    """The numbers between the logits of a pass and its loss. No heatmap shows them; each can be explained.

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
        """Return one of the tensors that `loss_shapes` names."""
        values: Array = getattr(self, name)
        return values

    @cached_property
    def loss(self) -> Array:
        """The loss of the batch, (1, 1)."""
        return np.array([[LOSSES[self.loss_type](self.logits, self.targets)[0]]])

    @cached_property
    def probabilities(self) -> Array:
        """Softmax of the logits, (batch, classes)."""
        return softmax(self.logits)

    @cached_property
    def sample_losses(self) -> Array:
        """The loss of each sample, (batch, 1), as `losses` would compute it for a batch of that sample alone."""
        losses: Array
        if self.loss_type == "mse":
            losses = np.add.reduce(np.square(self.difference), axis=1, keepdims=True) / self.classes
        else:
            losses = self.log_sums - np.add.reduce(self.targets * self.shifted, axis=1, keepdims=True)
        return losses

    @cached_property
    def shifted(self) -> Array:
        """The logits less the largest of their row, (batch, classes)."""
        shifted: Array = self.logits - np.maximum.reduce(self.logits, axis=1, keepdims=True)
        return shifted

    @cached_property
    def exps(self) -> Array:
        """e to these, (batch, classes)."""
        exps: Array = np.exp(self.shifted)
        return exps

    @cached_property
    def sums(self) -> Array:
        """The sum of these over the classes, (batch, 1)."""
        sums: Array = np.add.reduce(self.exps, axis=1, keepdims=True)
        return sums

    @cached_property
    def log_sums(self) -> Array:
        """Its logarithm, (batch, 1)."""
        log_sums: Array = np.log(self.sums)
        return log_sums

    @cached_property
    def difference(self) -> Array:
        """The logits less their targets, (batch, classes)."""
        difference: Array = self.logits - self.targets
        return difference
