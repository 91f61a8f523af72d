"""The loops of NumPy that compute all numbers, and the switch between them."""

from typing import TypedDict

from ..limits import check_flag
from ..loops.installed import LOOPS


class LoopsState(TypedDict):
    """The loops in force.

    Attributes
    ----------
    name : "plain", NumPy's own, or "simd 1"
    available : whether there is a choice
    reason : why there is none
    """

    name: str
    available: bool
    reason: str


def choose_loops(simd: bool | None = None) -> LoopsState:
    """Put SIMD loops in force, or NumPy's own, from the next call of NumPy on; return the loops in force."""
    if simd is not None:
        LOOPS.use(check_flag("simd", simd))
    return LoopsState(name=LOOPS.name, available=not LOOPS.reason, reason=LOOPS.reason)
