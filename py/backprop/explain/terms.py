"""Formulas: terms to sum, notation and code.

Every number is a sum of products. A `Formula` lists `Terms`, and each of them the `Operand`s of its products; a
constant is an operand without a cell. `cell.explain` does the arithmetic.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .last_pass import Operand
from .mathml import Math


class Terms(NamedTuple):
    """Products of one kind: term t is the product of all operands' values at t, and `label(t)` its label."""

    label: Callable[[int], str]
    operands: Sequence[Operand]


class Code(NamedTuple):
    """Statements of a function that contain a fragment of text; the whole function for ``""``."""

    function: Callable[..., Any]
    fragment: str = ""


class Formula(NamedTuple):
    """Formula of one number.

    Attributes
    ----------
    kind : type of the formula, a few words
    sentence : description of the formula, with its sizes
    math : notation, see `mathml`
    terms : terms whose sum is the number
    code : statements that compute it
    over : index of the sum: samples, inputs, units, classes, occurrences; "" if there is no sum
    curve : z, a and f'(z), if an activation function or its slope is applied
    softmax : probabilities of all classes, if one of them is a factor
    whole : a tensor whose cells all contribute, though not as factors; "" without one
    roundings : number of roundings beyond one for each term and those of a function
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


def count(number: int, noun: str, plural: str = "s") -> str:
    """Return a number with its noun: ``1 sample``, ``1,024 samples``."""
    return f"{number:,} {noun}{plural if number != 1 else ''}"
