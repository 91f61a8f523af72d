"""Split of the samples into training and held-out samples, to measure generalization."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]


def hold_out_samples(num_samples: int, share: float, generator: np.random.Generator) -> Indices:
    """Draw the samples to hold out, uniformly at random.

    Parameters
    ----------
    share : fraction of the samples, 0 to less than 1; see `count_held_out`
    generator : draws one permutation of the samples

    Returns
    -------
    int32 array, sorted
    """
    chosen = generator.permutation(num_samples)[: count_held_out(num_samples, share)]
    return np.sort(chosen).astype(np.int32)


def count_held_out(num_samples: int, share: float) -> int:
    """Return the number of samples that `hold_out_samples` holds out: share × samples, rounded half up.

    Unless the share is 0, at least one sample is held out and at least one remains for training.
    """
    if share == 0:
        return 0
    exact = Decimal(repr(float(share))) * num_samples  # 0.145 of 100 is 14.5, not 14.499999999999998
    return min(max(1, int(exact.to_integral_value(ROUND_HALF_UP))), num_samples - 1)


def hold_out_groups(groups: NDArray[Any], share: float, generator: np.random.Generator) -> Indices:
    """Draw whole groups of samples to hold out, so that no held-out sample equals a training sample.

    Visits the groups in random order and holds one out if that brings the number of held-out samples nearer to the
    share. At least one group is held out and at least one remains.

    Parameters
    ----------
    groups : integers (num_samples,), from 0, the group of each sample
    share : fraction of the samples, more than 0 and less than 1
    generator : draws one permutation of the groups

    Returns
    -------
    int32 array, sorted

    Raises
    ------
    ValueError
        If there is only one group.
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
