"""Checks of the gradient of an embedding: repeated tokens, and rows that were not looked up."""

import numpy as np

from ...randomness import seeded_generator
from ..case import EDGE, GRADIENT, Case, normal, numeric_gradient, samples

FUNCTION = "embedding_gradient"
DIM = 3


def cases() -> list[Case]:
    """Return the cases: distinct tokens, repeated ones, and one token everywhere."""
    generator = seeded_generator(5)
    repeated = [(count, generator.integers(0, 6, (count, 4))) for count in (10, 7)]
    return [
        *(_case(f"{samples(count)} of 4 tokens, some repeated", tokens, 8) for count, tokens in repeated),
        _case("2 samples of 3 different tokens", np.arange(6).reshape(2, 3), 7),
        _case("one token everywhere", np.full((3, 4), 2), 5, EDGE),
    ]


def _case(title: str, tokens: np.ndarray, vocabulary: int, kind: str = GRADIENT) -> Case:
    grad_rows = normal(len(tokens), *tokens.shape, DIM)
    gradient = numeric_gradient(lambda table: float((grad_rows * table[tokens]).sum()), normal(1, vocabulary, DIM))
    return Case(title, (tokens, grad_rows, vocabulary), {"dE": gradient}, kind, FUNCTION)
