"""The embedding: a learnable table with one row of numbers for each token."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .limits import LIMITS, check_integer


class Embedding:
    """A learnable table with one row of numbers for each token: the first layer of a model with token inputs.

    Looking up row t equals multiplying a one-hot row vector for t by the table. So this is a layer without biases and
    activation function, and its gradient follows the same rule: dL/dW = xᵀ dL/dz, where x are the one-hot vectors.

    Attributes
    ----------
    weights : (vocabulary, dim), the table
    tokens : integers (batch, positions), row indices
    activations : (batch, positions · dim), the rows of each sample side by side
    grad_weights, grad_activations : gradients of these
    """

    weights: Array
    grad_weights: Array
    tokens: NDArray[np.integer[Any]]
    activations: Array
    grad_activations: Array

    def __init__(self, vocabulary: int, dim: int) -> None:
        self.vocabulary = vocabulary
        self.dim = dim

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return name → shape of the table."""
        return {"weights": (self.vocabulary, self.dim)}

    def forward(self, tokens: NDArray[np.integer[Any]]) -> Array:
        """Look up the rows (batch, positions · dim) of tokens (batch, positions)."""
        self.tokens = tokens
        self.activations = self.weights[tokens].reshape(len(tokens), -1)
        return self.activations

    def backward(self, grad_a: Array) -> None:
        """Fill grad_weights from dL/da (batch, positions · dim): sum the gradients of all occurrences of a token."""
        self.grad_activations = grad_a
        occurs = self.tokens.ravel() == np.arange(self.vocabulary)[:, None]  # (vocabulary, batch · positions)
        grad_rows = grad_a.reshape(-1, self.dim)  # (batch · positions, dim)
        np.matmul(occurs.astype(grad_rows.dtype), grad_rows, out=self.grad_weights)


def make_embedding(input_dim: int, vocabulary_size: int | None, embedding_dim: int | None) -> Embedding | None:
    """Return the embedding of a model with token inputs, whose input_dim is positions · embedding_dim, or None.

    Raises
    ------
    ValueError
        If only one of the two is given, or one is outside its range, or input_dim is not a multiple of embedding_dim.
    """
    if vocabulary_size is None and embedding_dim is None:
        return None
    vocabulary = check_integer("vocabulary_size", vocabulary_size, *LIMITS["vocabulary"])
    dim = check_integer("embedding_dim", embedding_dim, *LIMITS["embedding_dim"])
    if input_dim % dim:
        raise ValueError(f"input_dim must be positions times embedding_dim ({dim}), got {input_dim}")
    return Embedding(vocabulary, dim)
