"""Formulas of parameters, the numbers that an update changes."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..buffers import allocate_parameters
from ..optimizers import OPTIMIZERS, state_name
from ..updates import Update, decay
from .last_pass import Operand, Pass
from .mathml import Math, equation, gradient, letter, operator, product
from .terms import Code, Formula, Terms
from .update_terms import Place, clipped, constant, letters, lines, place_name, rate

_LOST = (
    " The last update was made by another optimizer, whose state is no longer kept, so its effect on this number is "
    "not known."
)


def parameter_formula(pass_: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of a weight or a bias: the last update if it is known, else its initialization."""
    if pass_.update is not None and pass_.changed:
        return _updated(pass_, pass_.update, name, (row, col))
    symbol, indices = letters(name)
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
        f"A parameter of {place_name(pass_, name)}. {made}{history}",
        equation(letter(symbol, indices), ["mtext", "current value"]),
        [Terms(lambda _: "current value", [Operand(symbol, pass_.values(name, row, col))])],
        code,
    )


def describe_move(update: Update, what: str = "it") -> str:
    """Describe the effect of an update on a parameter: ``moves it a step against its gradient``."""
    moves = f"shrinks {what} (weight decay) and moves it" if update.weight_decay else f"moves {what}"
    clipped = "" if update.clip_norm is None else ", with all gradients scaled down if their norm is over the limit"
    return f"{moves} a step against {OPTIMIZERS[update.optimizer].AGAINST}{clipped}"


def _updated(pass_: Pass, update: Update, name: str, cell: Place) -> Formula:
    symbol, indices = letters(name)
    old: Math = ["msup", letter(symbol, indices), ["mtext", "before"]]
    kept = [Operand(f"{symbol} before", pass_.used(name, *cell))]
    sentence, code = "New value = old value", []
    if update.weight_decay:
        kept.insert(0, constant(pass_, "1−ηλ", 1 - update.learning_rate * update.weight_decay))
        shrunk: Math = ["mrow", operator("("), ["mn", "1"], operator("−"), ["mi", "ηλ"], operator(")")]
        old = product(shrunk, old)
        sentence += f" × (1 − ηλ), ηλ = {update.learning_rate * update.weight_decay:.3g} (weight decay),"
        code.append(Code(decay, "parameters *="))
    move = _MOVES[update.optimizer](pass_, update, name, cell)
    return Formula(
        "update",
        f"{sentence} − learning rate × {move.words}",
        equation(letter(symbol, indices), old, operator("−"), ["mi", "η"], operator("·"), move.math),
        [
            Terms(lambda _: "before", kept),
            *(_term(label, [rate(pass_, update), *moved]) for label, moved in move.terms.items()),
        ],
        [*code, *move.code],
    )


def _term(label: str, operands: Sequence[Operand]) -> Terms:
    return Terms(lambda _: label, operands)


class Move(NamedTuple):
    """Formula of a step, the number by which the learning rate is multiplied: a sum of products, by their labels."""

    terms: Mapping[str, Sequence[Operand]]
    words: str
    math: Math
    code: Sequence[Code]


def _descent(pass_: Pass, update: Update, name: str, cell: Place) -> Move:
    moved, scale, note, code = clipped(pass_, update, name, cell)
    is_plain = not code and not update.weight_decay
    line = Code(type(pass_.model).update, "self.parameters -=") if is_plain else Code(OPTIMIZERS["sgd"].update)
    step = product(*scale, gradient(*letters(name)))
    return Move({"the update": moved}, f"gradient.{note}", step, [*code, line])


def _with_momentum(pass_: Pass, update: Update, name: str, cell: Place) -> Move:
    velocity = pass_.operand("v", state_name("velocity", name), *cell)
    words = "velocity, a decaying sum of the gradients."
    code = lines(update.optimizer, "parameters -=")
    return Move({"the update": [velocity]}, words, letter("v", letters(name)[1]), code)


def _with_nesterov_momentum(pass_: Pass, update: Update, name: str, cell: Place) -> Move:
    moved, scale, note, code = clipped(pass_, update, name, cell)
    velocity, momentum = pass_.operand("v", state_name("velocity", name), *cell), update.settings["momentum"]
    kept = product(["mi", "μ"], letter("v", letters(name)[1]))
    step: Math = ["mrow", operator("("), product(*scale, gradient(*letters(name))), operator("+"), kept, operator(")")]
    words = f"(gradient + μ × velocity), μ = {momentum:g}: the velocity that the next step keeps.{note}"
    terms = {"the gradient": moved, "the velocity": [constant(pass_, "μ", momentum), velocity]}
    return Move(terms, words, step, [*code, *lines(update.optimizer, "parameters -=")])


def _adaptive(pass_: Pass, update: Update, name: str, cell: Place) -> Move:
    first, second = (state_name(vector, name) for vector in OPTIMIZERS["adam"].STATE)
    m, v = (pass_.values(tensor, *cell).astype(pass_.model.dtype) for tensor in (first, second))
    beta1, beta2, epsilon = (update.settings[setting] for setting in OPTIMIZERS["adam"].SETTINGS)
    m_hat = m / (1 - beta1**update.t)
    divisor = np.sqrt(v / (1 - beta2**update.t)) + epsilon
    operands = [
        Operand("m̂", m_hat.astype(np.float64), first, *cell, is_function=True),
        Operand("1/(√v̂+ε)", 1 / divisor.astype(np.float64), second, *cell, is_function=True),
    ]
    words = (
        "(running mean of the gradients) / (root of the running mean of their squares): "
        f"m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), t = {update.t}."
    )
    root: Math = ["mrow", ["msqrt", letter("v̂", letters(name)[1])], operator("+"), ["mi", "ε"]]
    code = lines("adam", "m_hat = ", "v_hat = ", "parameters -= learning_rate")
    return Move({"the update": operands}, words, ["mfrac", letter("m̂", letters(name)[1]), root], code)


def _by_root(pass_: Pass, update: Update, name: str, cell: Place) -> Move:
    moved, scale, note, code = clipped(pass_, update, name, cell)
    tensor = state_name("mean_square", name)
    root = np.sqrt(pass_.values(tensor, *cell).astype(pass_.model.dtype)) + update.settings["epsilon"]
    divided = Operand("1/(√v+ε)", 1 / root.astype(np.float64), tensor, *cell, is_function=True)
    below: Math = ["mrow", ["msqrt", letter("v", letters(name)[1])], operator("+"), ["mi", "ε"]]
    words = f"gradient / (root of the running mean of its squares).{note}"
    step: Math = ["mfrac", product(*scale, gradient(*letters(name))), below]
    return Move({"the update": [*moved, divided]}, words, step, [*code, *lines(update.optimizer, "parameters -=")])


_MOVES: dict[str, Callable[[Pass, Update, str, Place], Move]] = {
    "sgd": _descent,
    "momentum": _with_momentum,
    "nesterov": _with_nesterov_momentum,
    "adam": _adaptive,
    "rmsprop": _by_root,
}
