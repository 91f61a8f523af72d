"""Encoding of tokens as inputs of a model."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def one_hot_tokens(tokens: NDArray[np.integer[Any]], vocabulary_size: int) -> NDArray[np.float32]:
    """Encode token indices (n, positions) as float32 (n, positions · vocabulary_size) with one 1 per position."""
    n, positions = tokens.shape
    rows = np.zeros((n, positions * vocabulary_size), np.float32)
    columns = np.arange(positions) * vocabulary_size + tokens  # (n, positions)
    rows[np.arange(n)[:, None], columns] = 1
    return rows
