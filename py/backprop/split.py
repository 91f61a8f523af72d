"""Which samples a model trains on, and which are held out, so that one can see whether it learned more than those."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]

WAYS = ("sample", "position")


def hold_out_samples(num_samples: int, share: float, generator: np.random.Generator) -> Indices:
    """Draw the samples to hold out, each as likely as any other.

    Parameters
    ----------
    share : 0 to less than 1; the number of samples is rounded, and one at least stays to train on
    generator : draws one permutation of the samples

    Returns
    -------
    int32 array, sorted
    """
    chosen = generator.permutation(num_samples)[: count_held_out(num_samples, share)]
    return np.sort(chosen).astype(np.int32)


def count_held_out(num_samples: int, share: float) -> int:
    """Return how many samples `hold_out_samples` holds out."""
    return min(round(share * num_samples), num_samples - 1)


def hold_out_groups(groups: NDArray[Any], share: float, generator: np.random.Generator) -> Indices:
    """Draw whole groups of samples to hold out, so that nothing held out is equal to anything trained on.

    The groups are gone through in random order. Each is held out if that brings the number of held-out samples nearer
    to the share, but for the last one left; one at least is held out.

    Parameters
    ----------
    groups : integers (num_samples,), from 0, the group of each sample
    share : more than 0 and less than 1, of the samples
    generator : draws one permutation of the groups

    Returns
    -------
    int32 array, sorted

    Raises
    ------
    ValueError
        If there is but one group.
    """
    sizes = np.bincount(groups)
    if len(sizes) < 2:
        raise ValueError(f"held_out_by must be sample here: all {len(groups)} samples are the same sequence")
    chosen: list[int] = []
    total, wanted = 0, share * len(groups)
    for group in generator.permutation(len(sizes)):
        if len(chosen) < len(sizes) - 1 and abs(total + sizes[group] - wanted) < abs(total - wanted):
            chosen.append(group)
            total += sizes[group]
    return np.flatnonzero(np.isin(groups, chosen or [sizes.argmin()])).astype(np.int32)
