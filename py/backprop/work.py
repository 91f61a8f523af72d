"""Work that takes long, done a slice at a time, so that a page stays alive: a generator that pauses between slices.

Which slices there are depends on nothing but the work. So its result is the same, to the last bit, whenever it pauses.
"""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

# It yields after each slice but the last, and returns its result.
Work = Generator[None, None, T]


def finish(work: Work[T]) -> T:
    """Do all that is left at once; returns the result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
