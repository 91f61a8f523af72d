"""A sample of a dataset, readable."""

from typing import TypedDict


class Sample(TypedDict):
    """A sample of a dataset.

    Attributes
    ----------
    held_out : whether it is never trained on
    input, target : tokens and name of the class
    master, position : master sequence, and position in it; None if fully random
    text : ``adda → c  (M2: addaccad, position 0)``
    """

    index: int
    held_out: bool
    input: list[str]
    target: str
    master: int | None
    position: int | None
    text: str
