"""What the formula of a number consists of: terms to be summed, how it is written, and where it is computed.

Each number is a sum of products, and nothing else. So a `Formula` lists `Terms`, and each of them the `Operand`s that
are multiplied; a constant is an operand without a cell. `explain` does the arithmetic.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .last_pass import Operand
from .notation import Math


class Terms(NamedTuple):
    """Products of one kind: term t is the product of all operands' values at t; `label(t)` says what it belongs to."""

    label: Callable[[int], str]
    operands: Sequence[Operand]


class Code(NamedTuple):
    """The statements of a function that hold a fragment of text; the whole function where none does, or for ``""``."""

    function: Callable[..., Any]
    fragment: str = ""


class Formula(NamedTuple):
    """All that makes one number.

    Attributes
    ----------
    kind : what sort of formula, a few words
    sentence : the same for people, with its sizes
    math : see `notation`
    terms : the number is the sum of all of them
    code : where it is computed
    over : what the sum runs over: samples, inputs, units, classes, occurrences; "" if there is nothing to sum
    curve : z, a and f'(z), where an activation function or its slope is applied
    softmax : the probabilities of all classes, where the formula has one of them
    whole : a tensor of which every cell contributes, though not as a factor; "" if there is none
    roundings : how many more there may be than one for each term, and those of a function
    """

    kind: str
    sentence: str
    math: Math
    terms: Sequence[Terms]
    code: Sequence[Code]
    over: str = ""
    curve: tuple[float, float, float] | None = None
    softmax: Operand | None = None
    whole: str = ""
    roundings: int = 0
