"""Explanation of any cell of any tensor of the last pass: its exact arithmetic.

`explain` uses the values kept by the last pass and the same formulas: it lists the products whose sum is the cell, the
cell of each factor, and the difference due to rounding. The cell of every factor can be explained in turn, down to the
parameters and the input tokens.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..learner.package import ORIGINAL
from ..limits import LIMITS, check_integer
from ..tensors import gradient_name
from .explanation import Cell, Curve, Explanation, Factor, LeftOut, Region, Term, WrittenFormula
from .last_pass import Operand, Pass
from .layer_formulas import formula_of
from .mathml import to_text
from .source import quote
from .terms import Formula, Terms

MAX_TERMS = 256  # in one explanation
FUNCTION_ROUNDINGS = 8  # rounding units of an exp or a tanh with the few operations around it

# Whether this is the copy of a learner, whose code may differ from the formulas.
IS_LEARNERS = __package__.partition(".")[0] != ORIGINAL.name


@np.errstate(over="ignore", invalid="ignore")  # a run may have diverged: see the note
def explain(pass_: Pass, tensor: str, row: int, col: int, *, max_terms: int = MAX_TERMS) -> Explanation:
    """Explain one number of a model's last pass.

    Parameters
    ----------
    pass_ : Pass
    tensor : name of a tensor on the page: ``inputs``, ``layers/0/weights``, ``layers/1/grad_pre_activations``, …; or of
        the loss, see `batch_loss.loss_shapes`: ``loss``, ``sample_losses``, ``probabilities``, ``targets``
    row, col : indices of the cell; a bias vector has the single row 0
    max_terms : maximum number of listed terms; the rest is summed

    Raises
    ------
    ValueError
        If the cell does not exist or has not been computed yet. The message begins with the argument's name.
    """
    max_terms = check_integer("max_terms", max_terms, 1, LIMITS["parameters"][1])
    tensor, row, col = pass_.check_cell(tensor, row, col)
    return _explanation(pass_, _cell(pass_, tensor, row, col), formula_of(pass_, tensor, row, col), max_terms)


def _explanation(pass_: Pass, cell: Cell, formula: Formula, max_terms: int) -> Explanation:
    products = np.concatenate([_products(terms) for terms in formula.terms])
    order = np.argsort(-np.where(np.isnan(products), np.inf, np.abs(products)), kind="stable")
    listed, rest = order[:max_terms], order[max_terms:]
    exact = _sum(products)
    bound = _bound(products, pass_.model.dtype, FUNCTION_ROUNDINGS + formula.roundings)
    operands = [operand for terms in formula.terms for operand in terms.operands]
    stale, note = _staleness(pass_, operands, cell["value"] - exact, bound)
    left_out = LeftOut(count=len(rest), sum=_sum(products[rest])) if len(rest) else None
    contributing = [*operands, *([formula.softmax] if formula.softmax else [])]
    return Explanation(
        cell=cell,
        partner=_partner(pass_, cell),
        dtype=pass_.model.dtype,
        kind=formula.kind,
        sentence=formula.sentence,
        over=formula.over,
        terms=_terms(pass_, formula.terms, listed),
        count=len(products),
        left_out=left_out,
        sum=exact,
        difference=cell["value"] - exact,
        bound=bound,
        function=_curve(pass_, formula),
        softmax=_all_factors(pass_, formula.softmax),
        stale=stale,
        note=note,
        regions=[
            *_regions(contributing),
            *([Region(tensor=formula.whole, row=None, col=None)] if formula.whole else []),
        ],
        formula=WrittenFormula(
            math=formula.math,
            text=to_text(formula.math),
            symbols={operand.symbol: operand.tensor for operand in operands if operand.tensor},
        ),
        code=[line for code in formula.code for line in quote(*code)],
    )


# Arithmetic:


def _products(terms: Terms) -> NDArray[np.float64]:
    """Multiply the operands in float64; exact for two float32 numbers."""
    with np.errstate(all="ignore"):
        values: NDArray[np.float64] = np.prod([operand.values for operand in terms.operands], axis=0)
    return values


def _sum(products: NDArray[np.float64]) -> float:
    """Add with a single rounding at the end; non-finite sums follow IEEE 754."""
    try:
        return math.fsum(products)
    except (OverflowError, ValueError):  # overflow of finite terms; infinities of both signs
        with np.errstate(all="ignore"):
            return float(products.sum())


def _bound(products: NDArray[np.float64], dtype: str, more: int) -> float:
    info, n = np.finfo(dtype), len(products) + more
    unit = float(info.eps) / 2
    return n * unit / (1 - n * unit) * _sum(np.abs(products)) + n * float(info.smallest_subnormal)


def _staleness(pass_: Pass, operands: Sequence[Operand], difference: float, bound: float) -> tuple[bool, str]:
    if not math.isfinite(difference):
        return False, "The run has diverged: numbers here are infinite or undefined."
    if abs(difference) > bound and IS_LEARNERS:
        return False, (
            f"Your code computes it otherwise: the sum of these terms, by our formula, differs from the number by "
            f"{difference:.3g}, more than rounding explains."
        )
    if abs(difference) > bound:
        return True, (
            f"The sum of these terms differs from the number by {difference:.3g}, more than rounding explains: the "
            "weights, or the targets and the loss, have changed since the pass that computed it."
        )
    if any(pass_.has_changed(operand) for operand in operands):
        return True, "The weights were updated after this number was computed: the terms use the weights before that."
    return False, ""


# Cells:


def _cell(pass_: Pass, tensor: str, row: int, col: int) -> Cell:
    return Cell(tensor=tensor, row=row, col=col, value=float(pass_.values(tensor, row, col)[0]))


def _partner(pass_: Pass, cell: Cell) -> Cell | None:
    place, slash, quantity = cell["tensor"].rpartition("/")
    name = gradient_name(cell["tensor"])
    if quantity.startswith("grad_"):
        name = f"{place}{slash}{quantity.removeprefix('grad_')}"
    elif cell["tensor"] in pass_.state_cells:
        _, name = pass_.state_cells[cell["tensor"]]
    return None if not pass_.has(name) else _cell(pass_, name, cell["row"], cell["col"])


def _terms(pass_: Pass, groups: Sequence[Terms], listed: NDArray[np.int64]) -> list[Term]:
    """Return the terms at these indices into the concatenated groups."""
    lengths = [len(group.operands[0].values) for group in groups]
    ends = np.cumsum(lengths)
    factors_of = [[_factors(pass_, operand) for operand in group.operands] for group in groups]
    answer = []
    for place in listed.tolist():
        g = int(np.searchsorted(ends, place, side="right"))
        t = place - int(ends[g]) + lengths[g]
        factors = [factor(t) for factor in factors_of[g]]
        product = math.prod(factor["value"] for factor in factors)
        answer.append(Term(label=groups[g].label(t), index=t, factors=factors, product=product))
    return answer


def _factors(pass_: Pass, operand: Operand) -> Callable[[int], Factor]:
    """Return a function of t that makes factor t of an operand; all its cells are read at once."""
    symbol, values, tensor, rows, cols, is_function = operand
    shown = values if tensor is None else pass_.values(tensor, rows, cols)

    def factor(t: int) -> Factor:
        cell = None
        if tensor:
            row, col = (place if isinstance(place, int) else int(place[t]) for place in (rows, cols))
            cell = Cell(tensor=tensor, row=row, col=col, value=float(shown[t]))
        return Factor(symbol=symbol, value=float(values[t]), cell=cell, is_function=is_function)

    return factor


def _all_factors(pass_: Pass, operand: Operand | None) -> list[Factor] | None:
    return None if operand is None else list(map(_factors(pass_, operand), range(len(operand.values))))


def _curve(pass_: Pass, formula: Formula) -> Curve | None:
    if formula.curve is None:
        return None
    z, a, slope = formula.curve
    return Curve(name=pass_.model.activation, z=z, a=a, slope=slope)


def _regions(operands: Sequence[Operand]) -> list[Region]:
    """Return the contributing rows, columns and single cells, each once."""
    regions: dict[tuple[str, int | None, int | None], Region] = {}
    for operand in operands:
        if operand.tensor is None:
            continue
        row, col = (place if isinstance(place, int) else None for place in (operand.rows, operand.cols))
        places: list[tuple[int | None, int | None]] = [(row, col)]
        if not isinstance(operand.rows, int) and not isinstance(operand.cols, int):  # scattered cells
            places = list(zip(operand.rows.tolist(), operand.cols.tolist(), strict=True))
        for r, c in places:
            regions[operand.tensor, r, c] = Region(tensor=operand.tensor, row=r, col=c)
    return list(regions.values())
