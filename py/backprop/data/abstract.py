"""The abstract dataset: inputs and targets of all samples, in memory."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .split import Indices


class TypedSample(NamedTuple):
    """A sample that is not in the dataset: its input tokens, int32 (positions,), and its class."""

    tokens: NDArray[np.int32]
    target: int


class Dataset(ABC):
    """Inputs and targets of all samples, in memory.

    Attributes
    ----------
    inputs : all samples; float32 (num_samples, input_dim), or token indices, int32 (num_samples, positions)
    targets : class indices, int64 (num_samples,)
    config : plain data from which the same dataset can be created
    held_out : indices of the samples excluded from training; int32, sorted
    train : indices of the training samples, all others; int32, sorted
    typed : `TypedSample` last sent through the network, under the index ``len(self)``, or None; in no batch of training
    """

    targets: NDArray[np.int64]
    config: dict[str, Any]
    typed: TypedSample | None = None

    @cached_property
    def held_out(self) -> Indices:
        """Indices of the samples used for evaluation only; none by default."""
        return np.zeros(0, np.int32)

    @cached_property
    def train(self) -> Indices:
        """Indices of the training samples."""
        return np.setdiff1d(np.arange(len(self), dtype=np.int32), self.held_out, assume_unique=True)

    @property
    @abstractmethod
    def inputs(self) -> NDArray[Any]:
        """Inputs of all samples, encoded for a model."""

    def targets_of(self, batch: Indices) -> NDArray[np.int64]:
        """Return the targets (batch,) of samples, also of the typed one."""
        if self.typed is None:
            return self.targets[batch]
        return np.where(batch == len(self), self.typed.target, self.targets[np.minimum(batch, len(self) - 1)])

    @property
    @abstractmethod
    def input_dim(self) -> int:
        """Inputs of the model's first dense layer per sample."""

    @property
    @abstractmethod
    def output_dim(self) -> int:
        """Number of classes."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of samples."""

    @abstractmethod
    def get_batch(self, batch_size: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Return a random (x, y) of `batch_size` different training samples."""

    @abstractmethod
    def inspect_samples(self, n: int = 10) -> list[str]:
        """Return the first `n` samples as readable lines."""
