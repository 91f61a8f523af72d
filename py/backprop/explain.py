"""Why this number? The exact arithmetic behind any cell of any tensor that forward and backward computed.

`explain` takes what the last pass kept and computes no other way than the pass did: it lists the products whose sum the
cell is, names the cell that each factor is, and says by how much rounding made the cell differ. Every factor's cell can
be explained in turn, down to the parameters and the tokens that went in.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .batch_loss import loss_shapes
from .explanation import Cell, Curve, Explanation, Factor, LeftOut, Region, Term, Written
from .formula import formula_of
from .last_pass import Names, Operand, Pass, gradient_name, shapes, went_backward
from .limits import LIMITS, check_choice, check_integer
from .losses import LOSSES
from .model import Model
from .notation import written
from .optimizers import Update
from .source import quote
from .terms import Formula, Terms

MOST_TERMS = 256  # in one explanation
FUNCTION_ROUNDINGS = 8  # units of rounding that an exp or a tanh, and the few operations around it, may add up to


@np.errstate(over="ignore", invalid="ignore")  # a run may have diverged: the note says so
def explain(
    model: Model,
    tensor: str,
    row: int,
    col: int,
    *,
    targets: NDArray[Any],
    loss_type: str,
    parameters: Array | None = None,
    update: Update | None = None,
    state: Mapping[str, Array] | None = None,
    names: Names | None = None,
    most_terms: int = MOST_TERMS,
) -> Explanation:
    """Explain one number of a model's last pass.

    Parameters
    ----------
    model : Model, after `forward` and `backward`
    tensor : name of any tensor on the page: ``inputs``, ``layers/0/weights``, ``layers/1/grad_pre_activations``, …;
        or one of the loss's, see `batch_loss.loss_shapes`: ``loss``, ``sample_losses``, ``probabilities``, ``targets``
    row, col : the cell's indices; a bias vector has the one row 0
    targets, loss_type : what the pass was given, a name in `losses.LOSSES`
    parameters : a copy of ``model.parameters`` from before the update, if one has followed the pass
    update : that update, with the optimizer's state before it: what it changed is then explained by it; None if that
        state is gone. If none has followed, the one that would come next
    state : what the optimizer remembers now, for its cells
    names : what samples, inputs and classes are called
    most_terms : how many terms to list; the rest is summed up

    Returns
    -------
    Explanation

    Raises
    ------
    ValueError
        If there is no such cell, or it has not been computed yet. The message begins with the argument's name.
    """
    most_terms = check_integer("most_terms", most_terms, 1, LIMITS["parameters"][1])
    state = state or {}
    check_choice("loss_type", loss_type, LOSSES)
    sizes = shapes(model, state)
    sizes |= loss_shapes(sizes["inputs"][0], model.output_dim, loss_type)
    row, col = _check_cell(sizes, tensor, row, col)
    if "grad_" in tensor and not went_backward(model):
        raise ValueError(f"tensor must be computed first: nothing has gone backward yet, got {tensor}")
    if len(targets) != sizes["inputs"][0]:
        raise ValueError(f"targets must be those of the batch of {sizes['inputs'][0]}, got {len(targets)}")
    past = Pass(model, targets, loss_type, parameters=parameters, update=update, state=state, names=names or Names())
    return _explanation(past, _cell(past, tensor, row, col), formula_of(past, tensor, row, col), most_terms)


def _check_cell(sizes: dict[str, tuple[int, ...]], tensor: str, row: int, col: int) -> tuple[int, int]:
    if not isinstance(tensor, str) or tensor not in sizes:
        raise ValueError(f"tensor must be one of this model's, such as layers/0/weights, got {str(tensor)[:40]!r}")
    rows, cols = (1, *sizes[tensor])[-2:]
    return (
        check_integer("row", row, 0, rows - 1, f"the rows of {tensor}"),
        check_integer("col", col, 0, cols - 1, f"the columns of {tensor}"),
    )


def _explanation(past: Pass, cell: Cell, formula: Formula, most_terms: int) -> Explanation:
    products = np.concatenate([_products(terms) for terms in formula.terms])
    order = np.argsort(-np.where(np.isnan(products), np.inf, np.abs(products)), kind="stable")
    listed, rest = order[:most_terms], order[most_terms:]
    exact = _sum(products)
    bound = _bound(products, past.model.dtype, FUNCTION_ROUNDINGS + formula.roundings)
    operands = [operand for terms in formula.terms for operand in terms.operands]
    stale, note = _honesty(past, operands, cell["value"] - exact, bound)
    left_out = LeftOut(count=len(rest), sum=_sum(products[rest])) if len(rest) else None
    contributing = [*operands, *([formula.softmax] if formula.softmax else [])]
    return Explanation(
        cell=cell,
        partner=_partner(past, cell),
        dtype=past.model.dtype,
        kind=formula.kind,
        sentence=formula.sentence,
        over=formula.over,
        terms=_terms(past, formula.terms, listed),
        count=len(products),
        left_out=left_out,
        sum=exact,
        difference=cell["value"] - exact,
        bound=bound,
        function=_curve(past, formula),
        softmax=_all_factors(past, formula.softmax),
        stale=stale,
        note=note,
        regions=[
            *_regions(contributing),
            *([Region(tensor=formula.whole, row=None, col=None)] if formula.whole else []),
        ],
        formula=Written(
            math=formula.math,
            text=written(formula.math),
            symbols={operand.symbol: operand.tensor for operand in operands if operand.tensor},
        ),
        code=[line for code in formula.code for line in quote(*code)],
    )


# The arithmetic:


def _products(terms: Terms) -> NDArray[np.float64]:
    """Multiply the operands; exact for two float32 numbers, since float64 has room for all their digits."""
    with np.errstate(all="ignore"):
        values: NDArray[np.float64] = np.prod([operand.values for operand in terms.operands], axis=0)
    return values


def _sum(products: NDArray[np.float64]) -> float:
    """Add with a single rounding at the end; what is not finite follows the rules of infinities."""
    try:
        return math.fsum(products)
    except (OverflowError, ValueError):  # finite terms too large to add; infinities of both signs
        with np.errstate(all="ignore"):
            return float(products.sum())


def _bound(products: NDArray[np.float64], dtype: str, more: int) -> float:
    info, n = np.finfo(dtype), len(products) + more
    unit = float(info.eps) / 2
    return n * unit / (1 - n * unit) * _sum(np.abs(products)) + n * float(info.smallest_subnormal)


def _honesty(past: Pass, operands: Sequence[Operand], difference: float, bound: float) -> tuple[bool, str]:
    if not math.isfinite(difference):
        return False, "This run has diverged: numbers here are too large for the format, or no numbers at all."
    if abs(difference) > bound:
        return True, (
            f"These terms miss the number by {difference:.3g}, more than rounding explains: the weights, or the "
            "targets and the loss, have changed since the pass that computed it."
        )
    if any(past.has_changed(operand) for operand in operands):
        return (
            True,
            "An update has followed the pass that computed this number: the terms have the weights as they were.",
        )
    return False, ""


# The cells:


def _cell(past: Pass, tensor: str, row: int, col: int) -> Cell:
    return Cell(tensor=tensor, row=row, col=col, value=float(past.values(tensor, row, col)[0]))


def _partner(past: Pass, cell: Cell) -> Cell | None:
    place, slash, quantity = cell["tensor"].rpartition("/")
    name = gradient_name(cell["tensor"])
    if quantity.startswith("grad_"):
        name = f"{place}{slash}{quantity.removeprefix('grad_')}"
    elif cell["tensor"] in past.remembered:
        _, name = past.remembered[cell["tensor"]]
    return None if not past.has(name) else _cell(past, name, cell["row"], cell["col"])


def _terms(past: Pass, groups: Sequence[Terms], listed: NDArray[np.int64]) -> list[Term]:
    """Return the terms at these places of all groups laid end to end."""
    lengths = [len(group.operands[0].values) for group in groups]
    ends = np.cumsum(lengths)
    factors_of = [[_factors(past, operand) for operand in group.operands] for group in groups]
    answer = []
    for place in listed.tolist():
        g = int(np.searchsorted(ends, place, side="right"))
        t = place - int(ends[g]) + lengths[g]
        factors = [factor(t) for factor in factors_of[g]]
        product = math.prod(factor["value"] for factor in factors)
        answer.append(Term(label=groups[g].label(t), index=t, factors=factors, product=product))
    return answer


def _factors(past: Pass, operand: Operand) -> Callable[[int], Factor]:
    """Return the function that makes factor t of an operand; its cells are read all at once."""
    symbol, values, tensor, rows, cols, is_function = operand
    shown = values if tensor is None else past.values(tensor, rows, cols)

    def factor(t: int) -> Factor:
        cell = None
        if tensor:
            row, col = (place if isinstance(place, int) else int(place[t]) for place in (rows, cols))
            cell = Cell(tensor=tensor, row=row, col=col, value=float(shown[t]))
        return Factor(symbol=symbol, value=float(values[t]), cell=cell, is_function=is_function)

    return factor


def _all_factors(past: Pass, operand: Operand | None) -> list[Factor] | None:
    return None if operand is None else list(map(_factors(past, operand), range(len(operand.values))))


def _curve(past: Pass, formula: Formula) -> Curve | None:
    if formula.curve is None:
        return None
    z, a, slope = formula.curve
    return Curve(name=past.model.activation, z=z, a=a, slope=slope)


def _regions(operands: Sequence[Operand]) -> list[Region]:
    """Outline rows and columns as a whole, and single cells, each once."""
    regions: dict[tuple[str, int | None, int | None], Region] = {}
    for operand in operands:
        if operand.tensor is None:
            continue
        row, col = (place if isinstance(place, int) else None for place in (operand.rows, operand.cols))
        places: list[tuple[int | None, int | None]] = [(row, col)]
        if not isinstance(operand.rows, int) and not isinstance(operand.cols, int):  # here and there
            places = list(zip(operand.rows.tolist(), operand.cols.tolist(), strict=True))
        for r, c in places:
            regions[operand.tensor, r, c] = Region(tensor=operand.tensor, row=r, col=c)
    return list(regions.values())
