"""An explanation as plain data, which can cross to a page, and as text for people."""

from typing import TypedDict

from .notation import Math
from .source import Line


class Cell(TypedDict):
    """One number on the page. `value` is what the tensor holds now; a bias vector has the one row 0."""

    tensor: str
    row: int
    col: int
    value: float


class Factor(TypedDict):
    """One factor of a term: `value` is what the pass multiplied, `cell` where it came from, None for a constant.

    The numbers differ where the factor is a function of the cell (f′(z), m̂), which `is_function` says, or the cell was
    updated since.
    """

    symbol: str
    value: float
    cell: Cell | None
    is_function: bool


class Term(TypedDict):
    """One product. `index` is its place in the sum: of the sample in the batch, the input, the unit, the occurrence."""

    label: str
    index: int
    factors: list[Factor]
    product: float


class LeftOut(TypedDict):
    """The smallest terms, where there are too many to list."""

    count: int
    sum: float


class Curve(TypedDict):
    """An activation function at one point, to be drawn with its tangent: a = f(z), slope = f′(z)."""

    name: str
    z: float
    a: float
    slope: float


class Region(TypedDict):
    """Cells that contribute: one, a whole row (`col` is None), a whole column (`row` is None), or all of a tensor."""

    tensor: str
    row: int | None
    col: int | None


class Written(TypedDict):
    """The formula: `math` as MathML (see `notation`), as a line of text, and which tensor each symbol stands for."""

    math: Math
    text: str
    symbols: dict[str, str]


class Explanation(TypedDict):
    """Why a number is what it is, as plain data.

    Attributes
    ----------
    cell : the number
    partner : the gradient of that cell, or the cell that it is the gradient of; of what an optimizer remembers, the
        parameter; None for a token
    dtype : in which the network computes
    kind, sentence : what sort of formula it is, in a few words and in a sentence
    over : what the sum runs over: samples, inputs, units, classes, occurrences; "" if there is nothing to sum
    terms : the products, largest magnitude first, terms of equal magnitude in their order; not finite ones first of all
    count : how many there are; more than are in `terms` if some are left out
    sum : the exact sum of all products of these factors, rounded once to float64
    difference : cell.value - sum: what the network's own rounding did
    bound : the largest difference that rounding can explain, see Notes
    function : where an activation function is applied
    softmax : the probabilities of all classes, where one of them is a factor
    stale : whether the weights or targets on screen are no longer those of the pass
    note : what the reader must know about that, a sentence; or ""
    regions : which cells of which tensors contribute
    formula, code : how it is written, and the very lines of Python that computed it

    Notes
    -----
    A sum of n products in floating-point numbers, in whatever order they are added, is off by at most γ Σ|products|,
    γ = n u / (1 - n u), u = half the spacing of numbers at 1 (Higham 2002, "Accuracy and Stability of Numerical
    Algorithms", eq. 3.5). `bound` is that with n = count + 8, since a factor may be the rounded value of a function,
    and twice the classes more where it is their sum; and n times the smallest number that there is, for products that
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
    formula: Written
    code: list[Line]


def describe(explanation: Explanation) -> str:
    """Write an explanation for people: sentence, formula, each product with its cells, the sum, and the code."""
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
