"""The seeded order in which an epoch visits the training samples."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..fields import Fields, in_section
from ..randomness import get_generator_state, seeded_generator, set_generator_state
from .samples import Batch, Samples


class EpochOrder:
    """Order of the training samples in the current epoch, and the position in it.

    Parameters
    ----------
    samples : all samples
    train : int32 (n,), indices of the training samples
    seed : seed of the generator that shuffles them at the start of each epoch

    Attributes
    ----------
    size : int, number of training samples
    position : int, number of them visited in this epoch
    y : (n, classes), one-hot targets in this order
    """

    position: int
    y: Array

    def __init__(self, samples: Samples, train: NDArray[np.int32], seed: int) -> None:
        self._samples, self._train, self.size = samples, train, len(train)
        self._generator = seeded_generator(seed)
        self.shuffle()

    @property
    def left(self) -> int:
        """Number of samples left in this epoch."""
        return self.size - self.position

    def peek(self, size: int) -> Batch:
        """Return the next batch of `size` samples, or fewer at the end of the epoch; the position stays the same."""
        chosen = slice(self.position, self.position + size)
        return self._order[chosen], self._x[chosen], self.y[chosen]

    def classes_from(self, start: int) -> NDArray[Any]:
        """Return the class indices of the samples from position `start` to the current one."""
        classes: NDArray[Any] = self._samples.classes.take(self._order[start : self.position])
        return classes

    def batches(self, size: int) -> Iterator[Batch]:
        """Iterate over the batches left in this epoch; the position stays the same."""
        for start in range(self.position, self.size, size):
            chosen = slice(start, start + size)
            yield self._order[chosen], self._x[chosen], self.y[chosen]

    def shuffle(self) -> None:
        """Start an epoch: draw a new order of all training samples."""
        self._arrange(self._train[self._generator.permutation(len(self._train))])
        self.position = 0

    def _arrange(self, order: NDArray[np.int32]) -> None:
        """Arrange all inputs and targets in this order once per epoch: a batch is then a slice."""
        self._x, self.y, self._order = self._samples.x.take(order, axis=0), self._samples.y.take(order, axis=0), order

    def to_state(self) -> dict[str, Any]:
        """Return plain data."""
        generator = get_generator_state(self._generator)
        return {"next": self.position, "order": self._order.copy(), "generator": generator}

    def restore(self, state: Fields, position: int) -> None:
        """Restore what `to_state` returned, of an epoch with `position` samples visited."""
        order = state.array("order", "int32", self.size)
        if not np.array_equal(np.sort(order), self._train):
            raise ValueError(f"{state.label('order')} must hold each of the {self.size} training samples once")
        in_section("trainer", lambda: set_generator_state(self._generator, state["generator"]))
        self.position = state.integer("next", position, position)
        self._arrange(order)


def check_seeded_order(sample: int | None) -> None:
    """Raise ValueError if a sample is chosen for training."""
    if sample is not None:
        raise ValueError("sample can be chosen only with update=False: training visits the samples in the seeded order")
