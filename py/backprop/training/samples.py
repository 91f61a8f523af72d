"""All samples of a dataset, as inputs and targets of a model."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..data.abstract import Dataset, TypedSample
from ..data.encoding import one_hot_tokens
from ..losses import one_hot
from ..model import Model

# Samples that pass through a network together: their indices (batch,); x, inputs (batch, input_dim) or tokens
# (batch, positions); y, one-hot targets (batch, classes). A plain tuple, since each step makes one.
Batch = tuple[NDArray[np.int32], NDArray[Any], Array]


class Samples:
    """Inputs and one-hot targets of all samples of a dataset, in the model's dtype.

    Attributes
    ----------
    x : (num_samples, input_dim), or token indices (num_samples, positions) for a model with an embedding
    y : (num_samples, classes), one-hot
    classes : (num_samples,), class indices
    """

    def __init__(self, dataset: Dataset, model: Model) -> None:
        self._embeds, self._dtype = model.embedding is not None, model.dtype
        self.x = dataset.inputs if self._embeds else dataset.inputs.astype(model.dtype, copy=False)
        self.y: Array = one_hot(dataset.targets, dataset.output_dim, model.dtype)
        self.classes = dataset.targets

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.y)

    def batch(self, samples: NDArray[np.int32]) -> Batch:
        """Return the samples with these indices."""
        return samples, self.x[samples], self.y[samples]

    def typed(self, sample: TypedSample) -> Batch:
        """Return a batch of one sample that is not in the dataset, under the index after the last one."""
        y = one_hot(np.array([sample.target]), self.y.shape[1], self._dtype)
        return np.array([len(self)], np.int32), self.encode(sample.tokens), y

    def encode(self, tokens: NDArray[np.int32]) -> NDArray[Any]:
        """Return the input tokens (positions,) of one sample as inputs of the model (1, …)."""
        if self._embeds:
            return tokens[None]
        return one_hot_tokens(tokens[None], self.x.shape[1] // len(tokens)).astype(self._dtype, copy=False)
