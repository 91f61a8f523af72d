"""Random draws of a dataset: master sequences, and the samples cut from them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .config import SequenceConfig

Int32s = NDArray[np.int32]


class Drawn(NamedTuple):
    """Tokens of all samples (num_samples, sequence_length), and for each its master sequence and its position in it."""

    tokens: Int32s
    master: Int32s | None = None
    position: Int32s | None = None


def draw_masters(settings: SequenceConfig, generator: np.random.Generator) -> list[NDArray[np.int64]]:
    """Return the given master sequences, or draw them; none for fully random sequences."""
    index = {token: i for i, token in enumerate(settings.vocabulary)}
    if settings.master_sequences is not None:
        return [np.array([index[token] for token in master]) for master in settings.master_sequences]
    shortest, longest = settings.master_lengths
    lengths = generator.integers(shortest, longest + 1, size=settings.num_masters)
    return [generator.integers(len(settings.vocabulary), size=int(length)) for length in lengths]


def draw_samples(settings: SequenceConfig, masters: list[NDArray[np.int64]], generator: np.random.Generator) -> Drawn:
    """Cut the samples from the master sequences, or without any draw each token."""
    length, count = settings.sequence_length, settings.num_samples
    if not masters:
        return Drawn(generator.integers(len(settings.vocabulary), size=(count, length)).astype(np.int32))
    sizes = np.array([len(master) for master in masters])
    starts = np.cumsum(sizes) - sizes
    master = generator.integers(len(masters), size=count)
    position = generator.integers(sizes[master] - length + 1)
    where = (starts[master] + position)[:, None] + np.arange(length)  # (num_samples, sequence_length)
    tokens: NDArray[np.int64] = np.concatenate(masters)[where]
    return Drawn(tokens.astype(np.int32), master.astype(np.int32), position.astype(np.int32))
