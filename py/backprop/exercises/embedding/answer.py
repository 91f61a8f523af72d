"""Gradient of an embedding with repeated tokens."""

import numpy as np


def embedding_gradient(tokens, grad_rows, vocabulary):
    """Return dL/dE, shape (vocabulary, d), from tokens (N, T) and the gradients of the rows (N, T, d)."""
    dE = np.zeros((vocabulary, grad_rows.shape[-1]))
    np.add.at(dE, tokens, grad_rows)
    return dE
