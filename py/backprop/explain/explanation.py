"""Explanations as plain data for the page, and as text."""

from typing import Annotated, TypedDict

from .mathml import Math
from .source import Line


class Cell(TypedDict):
    """One number on the page. `value` is its current value; a bias vector has the single row 0."""

    tensor: str
    row: int
    col: int
    value: float


class Factor(TypedDict):
    """One factor of a term: `value` is the number in the product, `cell` its source, None for a constant.

    The values differ if the factor is a function of the cell (f′(z), m̂; `is_function` is true), or if the cell was
    updated since.
    """

    symbol: str
    value: float
    cell: Cell | None
    is_function: bool


class Term(TypedDict):
    """One product. `index` is its position in the sum: index of the sample, input, unit or occurrence."""

    label: str
    index: int
    factors: list[Factor]
    product: float


class LeftOut(TypedDict):
    """Number and sum of the smallest terms, if there are too many to list."""

    count: int
    sum: float


class Curve(TypedDict):
    """An activation function at one point, for a drawing with its tangent: a = f(z), slope = f′(z)."""

    name: Annotated[str, "ActivationName"]
    z: float
    a: float
    slope: float


class Region(TypedDict):
    """Contributing cells: one, a whole row (`col` is None), a whole column (`row` is None), or a whole tensor."""

    tensor: str
    row: int | None
    col: int | None


class WrittenFormula(TypedDict):
    """A formula as MathML (see `mathml`) and as a line of text, and the tensor of each symbol."""

    math: Math
    text: str
    symbols: dict[str, str]


class Explanation(TypedDict):
    """Explanation of one number, as plain data.

    Attributes
    ----------
    cell : the number
    partner : the gradient of the cell, or the cell whose gradient it is; for optimizer state, the parameter; None for a
        token
    dtype : dtype of the network
    kind, sentence : type of the formula, in a few words and in a sentence
    over : index of the sum: samples, inputs, units, classes, occurrences; "" if there is no sum
    terms : the products by decreasing magnitude, non-finite ones first, terms of equal magnitude in their order
    count : number of all terms, listed or left out
    sum : exact sum of all products, rounded once to float64
    difference : cell.value - sum, due to rounding in the network
    bound : largest difference that rounding can explain, see Notes
    function : the activation function at this point, if one is applied
    softmax : probabilities of all classes, if one of them is a factor
    stale : whether weights or targets have changed since the pass
    note : a sentence about that, or ""
    regions : contributing cells of other tensors
    formula, code : the formula, and the lines of Python that computed the number

    Notes
    -----
    In any order of summation, the error of a floating-point sum of n products is at most γ Σ|products|,
    γ = n u / (1 - n u), u = half the spacing of numbers at 1 (Higham 2002, "Accuracy and Stability of Numerical
    Algorithms", eq. 3.5). `bound` uses n = count + 8, since a factor may be the rounded value of a function, plus twice
    the number of classes if it is a sum over them; and adds n times the smallest subnormal number, for products that
    underflow.
    """

    cell: Cell
    partner: Cell | None
    dtype: str
    kind: str
    sentence: str
    over: str
    terms: list[Term]
    count: int
    left_out: LeftOut | None
    sum: float
    difference: float
    bound: float
    function: Curve | None
    softmax: list[Factor] | None
    stale: bool
    note: str
    regions: list[Region]
    formula: WrittenFormula
    code: list[Line]


def describe(explanation: Explanation) -> str:
    """Format an explanation as text: sentence, formula, each product with its cells, the sum, and the code."""
    cell = explanation["cell"]
    lines = [
        f"{_place(cell)} = {cell['value']:.7g}",
        explanation["sentence"],
        "",
        f"  {explanation['formula']['text']}",
    ]
    lines += [f"  {symbol}: {tensor}" for symbol, tensor in explanation["formula"]["symbols"].items()]
    lines.append("")
    width = max((len(term["label"]) for term in explanation["terms"]), default=0)
    lines += [f"  {term['label']:<{width}}  {_multiplied(term)}" for term in explanation["terms"]]
    if rest := explanation["left_out"]:
        lines.append(f"  and {rest['count']} smaller terms, together {rest['sum']:+.7g}")
    lines += [
        f"  {'sum':<{width}}  {explanation['sum']:+.12g}",
        f"  The cell differs by {explanation['difference']:.2g}; rounding in {explanation['dtype']} explains up to "
        f"{explanation['bound']:.2g}.",
    ]
    if curve := explanation["function"]:
        lines.append(f"  {curve['name']}: f({curve['z']:.7g}) = {curve['a']:.7g}, slope {curve['slope']:.7g}")
    lines += [f"  {note}" for note in (explanation["note"],) if note]
    return "\n".join(
        [*lines, "", *(f"  {line['file']}:{line['line']}  {line['text']}" for line in explanation["code"])]
    )


def _place(cell: Cell) -> str:
    return f"{cell['tensor']}[{cell['row']}, {cell['col']}]"


def _multiplied(term: Term) -> str:
    cells = ", ".join(_place(factor["cell"]) for factor in term["factors"] if factor["cell"])
    factors = " × ".join(f"{factor['value']:>11.5g}" for factor in term["factors"])
    return f"{factors} = {term['product']:>+13.7g}" + (f"    {cells}" if cells else "")
