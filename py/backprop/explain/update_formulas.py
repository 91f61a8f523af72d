"""Formulas of parameters and optimizer state, the numbers that an update changes."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..buffers import allocate_parameters
from ..optimizers import OPTIMIZERS, Update, clip, clip_factor, decay, norm, state_name
from ..tensors import gradient_name
from .last_pass import Operand, Pass
from .mathml import Math, equation, gradient, letter, operator, product
from .terms import Code, Formula, Terms

Place = tuple[int, int]

# Symbols of optimizer state.
SYMBOLS = {"velocity": "v", "first_moment": "m", "second_moment": "v"}
_MEANINGS = {
    "velocity": "its velocity, a decaying sum of its gradients",
    "first_moment": "the running mean of its gradients",
    "second_moment": "the running mean of its squared gradients",
}
_LOST = (
    " The last update was made by another optimizer, whose state is no longer kept, so its effect on this number is "
    "not known."
)
_NEW = " The optimizer was changed, and no update has changed this number yet."


def parameter_formula(pass_: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of a weight or a bias: the last update if it is known, else its initialization."""
    if pass_.update is not None and pass_.changed:
        return _updated(pass_, pass_.update, name, (row, col))
    symbol, indices = _letters(name)
    made, code = "It was initialized to 0", [Code(allocate_parameters, "parameters: ")]
    initialization = pass_.model.initialization if name.endswith("weights") else "zeros"
    if initialization == "xavier_uniform":
        limit = math.sqrt(6 / sum(pass_.model.named_parameters()[name].shape))
        made = f"It was initialized at random, between -{limit:.3g} and {limit:.3g} (Xavier uniform)"
        code = [Code(type(pass_.model)._draw_parameters, "generator.uniform")]
    elif initialization == "standard_normal":
        made = "It was initialized at random, with mean 0 and standard deviation 1 (standard normal)"
        code = [Code(type(pass_.model)._draw_parameters, "generator.standard_normal")]
    if pass_.changed or pass_.update is None:
        history = f"; updates change it.{_LOST if pass_.changed else ''}"
    else:
        history = f"; updates change it. The next one {describe_move(pass_.update)}."
    return Formula(
        "parameter",
        f"A parameter of {_place_name(pass_, name)}. {made}{history}",
        equation(letter(symbol, indices), ["mtext", "current value"]),
        [Terms(lambda _: "current value", [Operand(symbol, pass_.values(name, row, col))])],
        code,
    )


_AGAINST = {
    "sgd": "its gradient",
    "momentum": "its velocity, a decaying sum of its gradients",
    "adam": "the running mean of its gradients, divided by the root of the running mean of their squares",
}


def describe_move(update: Update, what: str = "it") -> str:
    """Describe the effect of an update on a parameter: ``moves it a step against its gradient``."""
    moves = f"shrinks {what} (weight decay) and moves it" if update.weight_decay else f"moves {what}"
    clipped = "" if update.clip_norm is None else ", with all gradients scaled down if their norm is over the limit"
    return f"{moves} a step against {_AGAINST[update.optimizer]}{clipped}"


def state_formula(pass_: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of a cell of the optimizer's state."""
    vector, of = pass_.state_cells[name]
    cell = letter(SYMBOLS[vector], _letters(of)[1])
    if pass_.update is None or vector not in pass_.update.before or not pass_.changed:
        return _current_state(pass_, name, cell, (row, col))
    added = _STATE[vector](pass_, pass_.update, of, (row, col))
    before = Operand(f"{SYMBOLS[vector]} before", pass_.before(name, row, col))
    old = product(["mi", added.fraction], ["msup", cell, ["mtext", "before"]])
    return Formula(
        "optimizer state",
        added.sentence,
        equation(cell, old, operator("+"), added.math),
        [
            Terms(lambda _: "before", [_constant(pass_, added.fraction, added.value), before]),
            Terms(lambda _: "the gradient", added.operands),
        ],
        added.code,
    )


def _current_state(pass_: Pass, name: str, cell: Math, place: Place) -> Formula:
    vector, of = pass_.state_cells[name]
    kind = next(kind for kind in OPTIMIZERS.values() if vector in kind.STATE)
    return Formula(
        "optimizer state",
        f"Optimizer state of a parameter of {_place_name(pass_, of)}: {_MEANINGS[vector]}. Its initial value is 0."
        + (_NEW if pass_.changed else " Each update changes it."),
        equation(cell, ["mtext", "current value"]),
        [Terms(lambda _: "current value", [Operand(SYMBOLS[vector], pass_.values(name, *place))])],
        [Code(kind.update)],
    )


# Parameters:


def _updated(pass_: Pass, update: Update, name: str, cell: Place) -> Formula:
    symbol, indices = _letters(name)
    old: Math = ["msup", letter(symbol, indices), ["mtext", "before"]]
    kept = [Operand(f"{symbol} before", pass_.used(name, *cell))]
    sentence, code = "New value = old value", []
    if update.weight_decay:
        kept.insert(0, _constant(pass_, "1−ηλ", 1 - update.learning_rate * update.weight_decay))
        shrunk: Math = ["mrow", operator("("), ["mn", "1"], operator("−"), ["mi", "ηλ"], operator(")")]
        old = product(shrunk, old)
        sentence += f" × (1 − ηλ), ηλ = {update.learning_rate * update.weight_decay:.3g} (weight decay),"
        code.append(Code(decay, "parameters *="))
    moved, words, step, lines = _MOVES[update.optimizer](pass_, update, name, cell)
    return Formula(
        "update",
        f"{sentence} − learning rate × {words}",
        equation(letter(symbol, indices), old, operator("−"), ["mi", "η"], operator("·"), step),
        [Terms(lambda _: "before", kept), Terms(lambda _: "the update", [_rate(pass_, update), *moved])],
        [*code, *lines],
    )


Move = tuple[Sequence[Operand], str, Math, Sequence[Code]]


def _descent(pass_: Pass, update: Update, name: str, cell: Place) -> Move:
    clipped, scale, note, lines = _clipped(pass_, update, name, cell)
    is_plain = not lines and not update.weight_decay
    line = Code(type(pass_.model).update, "self.parameters -=") if is_plain else Code(OPTIMIZERS["sgd"].update)
    words = f"gradient.{note}"
    return clipped, words, product(*scale, gradient(*_letters(name))), [*lines, line]


def _with_momentum(pass_: Pass, update: Update, name: str, cell: Place) -> Move:
    velocity = pass_.operand("v", state_name("velocity", name), *cell)
    words = "velocity, a decaying sum of the gradients."
    line = Code(OPTIMIZERS[update.optimizer].update, "parameters -=")
    return [velocity], words, letter("v", _letters(name)[1]), [line]


def _adaptive(pass_: Pass, update: Update, name: str, cell: Place) -> Move:
    first, second = (state_name(vector, name) for vector in OPTIMIZERS["adam"].STATE)
    m, v = (pass_.values(tensor, *cell).astype(pass_.model.dtype) for tensor in (first, second))
    m_hat = m / (1 - update.beta1**update.t)
    divisor = np.sqrt(v / (1 - update.beta2**update.t)) + update.epsilon
    operands = [
        Operand("m̂", m_hat.astype(np.float64), first, *cell, is_function=True),
        Operand("1/(√v̂+ε)", 1 / divisor.astype(np.float64), second, *cell, is_function=True),
    ]
    words = (
        "(running mean of the gradients) / (root of the running mean of their squares): "
        f"m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), t = {update.t}."
    )
    root: Math = ["mrow", ["msqrt", letter("v̂", _letters(name)[1])], operator("+"), ["mi", "ε"]]
    lines = _lines("adam", "m_hat = ", "v_hat = ", "parameters -= learning_rate")
    return operands, words, ["mfrac", letter("m̂", _letters(name)[1]), root], lines


_MOVES: dict[str, Callable[[Pass, Update, str, Place], Move]] = {
    "sgd": _descent,
    "momentum": _with_momentum,
    "adam": _adaptive,
}


# Optimizer state: a fraction of the old value, and a term from the gradient.


class StateUpdate(NamedTuple):
    """Formula of a cell of the state: the fraction of the old value, and the added term."""

    sentence: str
    fraction: str
    value: float
    operands: Sequence[Operand]
    math: Math
    code: Sequence[Code]


def _velocity(pass_: Pass, update: Update, of: str, cell: Place) -> StateUpdate:
    clipped, scale, note, lines = _clipped(pass_, update, of, cell)
    return StateUpdate(
        f"Velocity of a parameter of {_place_name(pass_, of)}, after the last update: μ = {update.momentum:g} times "
        f"the old value, plus the gradient.{note}",
        *("μ", update.momentum),
        clipped,
        product(*scale, gradient(*_letters(of))),
        [*lines, *_lines("momentum", "v *=", "v +=")],
    )


def _first_moment(pass_: Pass, update: Update, of: str, cell: Place) -> StateUpdate:
    clipped, scale, note, lines = _clipped(pass_, update, of, cell)
    return StateUpdate(
        f"Running mean of the gradients of a parameter of {_place_name(pass_, of)} (first moment), after the last "
        f"update: β₁ = {update.beta1:g} times the old value, plus (1 − β₁) times the gradient.{note}",
        *("β₁", update.beta1),
        [_constant(pass_, "1−β₁", 1 - update.beta1), *clipped],
        product(_rest("β₁"), *scale, gradient(*_letters(of))),
        [*lines, *_lines("adam", "m *=", "m +=")],
    )


def _second_moment(pass_: Pass, update: Update, of: str, cell: Place) -> StateUpdate:
    clipped, scale, note, lines = _clipped(pass_, update, of, cell)
    whole: Math = ["mrow", operator("("), product(*scale, gradient(*_letters(of))), operator(")")]
    return StateUpdate(
        f"Running mean of the squared gradients of a parameter of {_place_name(pass_, of)} (second moment), after the "
        f"last update: β₂ = {update.beta2:g} times the old value, plus (1 − β₂) times the squared gradient.{note}",
        *("β₂", update.beta2),
        [_constant(pass_, "1−β₂", 1 - update.beta2), *clipped, *clipped],
        product(_rest("β₂"), ["msup", whole, ["mn", "2"]]),
        [*lines, *_lines("adam", "v *=", "v +=")],
    )


_STATE: dict[str, Callable[[Pass, Update, str, Place], StateUpdate]] = {
    "velocity": _velocity,
    "first_moment": _first_moment,
    "second_moment": _second_moment,
}


# Shared by both:


def _clipped(pass_: Pass, update: Update, name: str, cell: Place) -> tuple[list[Operand], list[Math], str, list[Code]]:
    """Return the gradient after clipping: its operands, the symbol of the factor, a note, and the code."""
    moved = pass_.operand(f"∂L/∂{_letters(name)[0]}", gradient_name(name), *cell)
    if update.clip_norm is None:
        return [moved], [], "", []
    gradients = pass_.model.gradients
    factor, length = clip_factor(gradients, update.clip_norm), norm(gradients)
    if factor == 1:
        note = f" All gradients together have the norm {length:.3g}, within the limit of {update.clip_norm:g}."
        return [moved], [], note, [Code(clip, "clipped: ")]
    note = (
        f" All gradients together have the norm {length:.3g}, over the limit of {update.clip_norm:g}, so each is "
        f"multiplied by s = {factor:.3g}."
    )
    return [_constant(pass_, "s", factor), moved], [["mi", "s"]], note, [Code(clip, "clipped: ")]


def _rate(pass_: Pass, update: Update) -> Operand:
    return _constant(pass_, "−η", -update.learning_rate)


def _constant(pass_: Pass, symbol: str, value: float) -> Operand:
    """Return a constant rounded to the network's dtype."""
    return Operand(symbol, np.full(1, value, pass_.model.dtype).astype(np.float64))


def _rest(fraction: str) -> Math:
    return ["mrow", operator("("), ["mn", "1"], operator("−"), ["mi", fraction], operator(")")]


def _letters(name: str) -> tuple[str, str]:
    """Return the letter and the indices of a parameter."""
    place, _, quantity = name.rpartition("/")
    return ("b", "j") if quantity == "biases" else ("W", "ij" if place.startswith("layers/") else "td")


def _lines(optimizer: str, *fragments: str) -> list[Code]:
    return [Code(OPTIMIZERS[optimizer].update, fragment) for fragment in fragments]


def _place_name(pass_: Pass, name: str) -> str:
    place = name.rpartition("/")[0]
    return "the embedding" if place == "embedding" else pass_.layer_name(int(place.removeprefix("layers/")))
