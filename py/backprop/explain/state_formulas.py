"""Formulas of an optimizer's state, which an update changes with the parameters."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from ..optimizers import OPTIMIZERS, STATE_VECTORS
from ..updates import Update
from .last_pass import Operand, Pass
from .mathml import Math, equation, gradient, letter, operator, product
from .terms import Code, Formula, Terms
from .update_terms import Place, clipped, constant, letters, lines, place_name, rest

_NEW = " The optimizer was changed, and no update has changed this number yet."


def state_formula(pass_: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of a cell of the optimizer's state."""
    vector, of = pass_.state_cells[name]
    cell = letter(STATE_VECTORS[vector].symbol, letters(of)[1])
    if pass_.update is None or vector not in pass_.update.before or not pass_.changed:
        return _current_state(pass_, name, cell, (row, col))
    added = _STATE[vector](pass_, pass_.update, of, (row, col))
    before = Operand(f"{STATE_VECTORS[vector].symbol} before", pass_.before(name, row, col))
    old = product(["mi", added.fraction], ["msup", cell, ["mtext", "before"]])
    return Formula(
        "optimizer state",
        added.sentence,
        equation(cell, old, operator("+"), added.math),
        [
            Terms(lambda _: "before", [constant(pass_, added.fraction, added.value), before]),
            Terms(lambda _: "the gradient", added.operands),
        ],
        added.code,
    )


def _current_state(pass_: Pass, name: str, cell: Math, place: Place) -> Formula:
    vector, of = pass_.state_cells[name]
    own = [OPTIMIZERS[pass_.update.optimizer]] if pass_.update else []
    kind = next(kind for kind in (*own, *OPTIMIZERS.values()) if vector in kind.STATE)
    place_of = f"Optimizer state of a parameter of {place_name(pass_, of)}"
    return Formula(
        "optimizer state",
        f"{place_of}: {STATE_VECTORS[vector].meaning}. Its initial value is 0."
        + (_NEW if pass_.changed else " Each update changes it."),
        equation(cell, ["mtext", "current value"]),
        [Terms(lambda _: "current value", [Operand(STATE_VECTORS[vector].symbol, pass_.values(name, *place))])],
        [Code(kind.update)],
    )


# A fraction of the old value, and a term from the gradient:


class StateUpdate(NamedTuple):
    """Formula of a cell of the state: the fraction of the old value, and the added term."""

    sentence: str
    fraction: str
    value: float
    operands: Sequence[Operand]
    math: Math
    code: Sequence[Code]


def _velocity(pass_: Pass, update: Update, of: str, cell: Place) -> StateUpdate:
    moved, scale, note, code = clipped(pass_, update, of, cell)
    momentum = update.settings["momentum"]
    return StateUpdate(
        f"Velocity of a parameter of {place_name(pass_, of)}, after the last update: μ = {momentum:g} times "
        f"the old value, plus the gradient.{note}",
        *("μ", momentum),
        moved,
        product(*scale, gradient(*letters(of))),
        [*code, *lines(update.optimizer, "v *=", "v +=")],
    )


def _mean(pass_: Pass, update: Update, of: str, cell: Place, *, decay: tuple[str, str], name: str = "") -> StateUpdate:
    """Return the formula of a running mean of gradients; `decay` is a symbol and the setting of its value."""
    moved, scale, note, code = clipped(pass_, update, of, cell)
    symbol, value = decay[0], update.settings[decay[1]]
    return StateUpdate(
        f"Running mean of the gradients of a parameter of {place_name(pass_, of)}{name}, after the last update: "
        f"{symbol} = {value:g} times the old value, plus (1 − {symbol}) times the gradient.{note}",
        *(symbol, value),
        [constant(pass_, f"1−{symbol}", 1 - value), *moved],
        product(rest(symbol), *scale, gradient(*letters(of))),
        [*code, *lines(update.optimizer, "m *=", "m +=")],
    )


def _mean_square(
    pass_: Pass, update: Update, of: str, cell: Place, *, decay: tuple[str, str], name: str = ""
) -> StateUpdate:
    """Return the formula of a running mean of squared gradients; `decay` is a symbol and the setting of its value."""
    moved, scale, note, code = clipped(pass_, update, of, cell)
    symbol, value = decay[0], update.settings[decay[1]]
    whole: Math = ["mrow", operator("("), product(*scale, gradient(*letters(of))), operator(")")]
    return StateUpdate(
        f"Running mean of the squared gradients of a parameter of {place_name(pass_, of)}{name}, after the last "
        f"update: {symbol} = {value:g} times the old value, plus (1 − {symbol}) times the squared gradient.{note}",
        *(symbol, value),
        [constant(pass_, f"1−{symbol}", 1 - value), *moved, *moved],
        product(rest(symbol), ["msup", whole, ["mn", "2"]]),
        [*code, *lines(update.optimizer, "v *=", "v +=")],
    )


_STATE: dict[str, Callable[[Pass, Update, str, Place], StateUpdate]] = {
    "velocity": _velocity,
    "first_moment": partial(_mean, decay=("β₁", "beta1"), name=" (first moment)"),
    "second_moment": partial(_mean_square, decay=("β₂", "beta2"), name=" (second moment)"),
    "mean_square": partial(_mean_square, decay=("α", "alpha")),
}
