"""Long computations in slices, as generators, so that a page stays responsive.

The slices depend only on the computation, so its result is the same, to the last bit, wherever it pauses.
"""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

# Yields after each slice but the last; returns the result.
Work = Generator[None, None, T]


def finish(work: Work[T]) -> T:
    """Run all remaining slices and return the result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
