"""The formulas of what an update changes: parameters, and what the optimizer remembers."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .last_pass import Operand, Pass, gradient_name
from .notation import Math, equation, gradient, letter, operator, product
from .optimizers import OPTIMIZERS, Update, clip, clip_factor, decay, norm, state_name
from .terms import Code, Formula, Terms

Place = tuple[int, int]

# How the formulas call what optimizers remember.
SYMBOLS = {"velocity": "v", "first_moment": "m", "second_moment": "v"}
_LOST = (
    " The last update was made by another optimizer, which is gone with all that it remembered: how it changed this "
    "number cannot be told any more."
)
_NEW = " when this optimizer took over, and no update has changed it yet."


def parameter(past: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of a weight or a bias: of the last update, if it is known, or where it came from."""
    if past.update is not None and past.changed:
        return _updated(past, past.update, name, (row, col))
    symbol, indices = _letters(name)
    made, code = "It began at 0", [Code(type(past.model)._allocate_parameters, "self.parameters: ")]
    initialization = past.model.initialization if name.endswith("weights") else "zeros"
    if initialization == "xavier_uniform":
        limit = math.sqrt(6 / sum(past.model.named_parameters()[name].shape))
        made = f"It was drawn at random, between -{limit:.3g} and {limit:.3g} (Xavier uniform)"
        code = [Code(type(past.model)._draw_parameters, "generator.uniform")]
    elif initialization == "standard_normal":
        made = "It was drawn at random, with mean 0 and standard deviation 1 (standard normal)"
        code = [Code(type(past.model)._draw_parameters, "generator.standard_normal")]
    if past.changed or past.update is None:
        fate = f"; updates change it.{_LOST if past.changed else ''}"
    else:
        fate = f", and updates change it. The next one {move_of(past.update)}."
    return Formula(
        "parameter",
        f"A parameter of {_place_name(past, name)}. {made}{fate}",
        equation(letter(symbol, indices), ["mtext", "as learned so far"]),
        [Terms(lambda _: "as learned so far", [Operand(symbol, past.values(name, row, col))])],
        code,
    )


_AGAINST = {
    "sgd": "its gradient",
    "momentum": "its velocity, a sum of its gradients in which older ones fade",
    "adam": "the mean of its gradients, over the root of the mean of their squares",
}


def move_of(update: Update, what: str = "it") -> str:
    """Say in words what an update does to a parameter: ``moves it a step against its gradient``."""
    moves = f"shrinks {what} (weight decay) and moves it" if update.weight_decay else f"moves {what}"
    clipped = "" if update.clip_norm is None else ", all gradients clipped together if their norm is over the limit"
    return f"{moves} a step against {_AGAINST[update.optimizer]}{clipped}"


def remembered(past: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of a cell of the optimizer's state."""
    vector, of = past.remembered[name]
    cell = letter(SYMBOLS[vector], _letters(of)[1])
    if past.update is None or vector not in past.update.before or not past.changed:
        return _as_it_is(past, name, cell, (row, col))
    memory = _STATE[vector](past, past.update, of, (row, col))
    before = Operand(f"{SYMBOLS[vector]} before", past.before(name, row, col))
    old = product(["mi", memory.share], ["msup", cell, ["mtext", "before"]])
    return Formula(
        "optimizer state",
        memory.sentence,
        equation(cell, old, operator("+"), memory.math),
        [
            Terms(lambda _: "before", [_constant(past, memory.share, memory.value), before]),
            Terms(lambda _: "the gradient", memory.operands),
        ],
        memory.code,
    )


def _as_it_is(past: Pass, name: str, cell: Math, place: Place) -> Formula:
    vector, of = past.remembered[name]
    kind = next(kind for kind in OPTIMIZERS.values() if vector in kind.STATE)
    return Formula(
        "optimizer state",
        f"What the optimizer remembers of earlier gradients of a parameter of {_place_name(past, of)}. It began at 0"
        f"{_NEW if past.changed else '; each update changes it.'}",
        equation(cell, ["mtext", "as remembered so far"]),
        [Terms(lambda _: "as remembered so far", [Operand(SYMBOLS[vector], past.values(name, *place))])],
        [Code(kind.update)],
    )


# Parameters:


def _updated(past: Pass, update: Update, name: str, cell: Place) -> Formula:
    symbol, indices = _letters(name)
    old: Math = ["msup", letter(symbol, indices), ["mtext", "before"]]
    kept = [Operand(f"{symbol} before", past.used(name, *cell))]
    sentence, code = "A parameter after the last update: its value before, ", []
    if update.weight_decay:
        kept.insert(0, _constant(past, "1−ηλ", 1 - update.learning_rate * update.weight_decay))
        shrunk: Math = ["mrow", operator("("), ["mn", "1"], operator("−"), ["mi", "ηλ"], operator(")")]
        old = product(shrunk, old)
        sentence += f"less the share ηλ = {update.learning_rate * update.weight_decay:.3g} of it (weight decay), "
        code.append(Code(decay, "parameters *="))
    moved, words, step, lines = _MOVES[update.optimizer](past, update, name, cell)
    return Formula(
        "update",
        sentence + words,
        equation(letter(symbol, indices), old, operator("−"), ["mi", "η"], operator("·"), step),
        [Terms(lambda _: "before", kept), Terms(lambda _: "the update", [_rate(past, update), *moved])],
        [*code, *lines],
    )


Move = tuple[Sequence[Operand], str, Math, Sequence[Code]]


def _descent(past: Pass, update: Update, name: str, cell: Place) -> Move:
    clipped, scale, note, lines = _clipped(past, update, name, cell)
    is_plain = not lines and not update.weight_decay
    line = Code(type(past.model).update, "self.parameters -=") if is_plain else Code(OPTIMIZERS["sgd"].update)
    words = f"less the learning rate times its gradient.{note}"
    return clipped, words, product(*scale, gradient(*_letters(name))), [*lines, line]


def _with_momentum(past: Pass, update: Update, name: str, cell: Place) -> Move:
    velocity = past.operand("v", state_name("velocity", name), *cell)
    words = "less the learning rate times its velocity, a sum of its gradients in which older ones fade."
    line = Code(OPTIMIZERS[update.optimizer].update, "parameters -=")
    return [velocity], words, letter("v", _letters(name)[1]), [line]


def _adaptive(past: Pass, update: Update, name: str, cell: Place) -> Move:
    first, second = (state_name(vector, name) for vector in OPTIMIZERS["adam"].STATE)
    m, v = (past.values(tensor, *cell).astype(past.model.dtype) for tensor in (first, second))
    m_hat = m / (1 - update.beta1**update.t)
    divisor = np.sqrt(v / (1 - update.beta2**update.t)) + update.epsilon
    operands = [
        Operand("m̂", m_hat.astype(np.float64), first, *cell, is_function=True),
        Operand("1/(√v̂+ε)", 1 / divisor.astype(np.float64), second, *cell, is_function=True),
    ]
    words = (
        "less the learning rate times the mean of its gradients, over the root of the mean of their squares: "
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


# What optimizers remember: a share of what they did, and the gradient.


class Memory(NamedTuple):
    """How a cell of the state comes about: the share of it that is kept, and what is added."""

    sentence: str
    share: str
    value: float
    operands: Sequence[Operand]
    math: Math
    code: Sequence[Code]


def _velocity(past: Pass, update: Update, of: str, cell: Place) -> Memory:
    clipped, scale, note, lines = _clipped(past, update, of, cell)
    return Memory(
        f"The velocity of a parameter of {_place_name(past, of)}, after the last update: the share μ = "
        f"{update.momentum:g} of what it was, plus the gradient.{note}",
        *("μ", update.momentum),
        clipped,
        product(*scale, gradient(*_letters(of))),
        [*lines, *_lines("momentum", "v *=", "v +=")],
    )


def _first_moment(past: Pass, update: Update, of: str, cell: Place) -> Memory:
    clipped, scale, note, lines = _clipped(past, update, of, cell)
    return Memory(
        f"The mean of the gradients of a parameter of {_place_name(past, of)}, in which older ones fade, after the "
        f"last update: the share β₁ = {update.beta1:g} of what it was, and of the gradient the rest.{note}",
        *("β₁", update.beta1),
        [_constant(past, "1−β₁", 1 - update.beta1), *clipped],
        product(_rest("β₁"), *scale, gradient(*_letters(of))),
        [*lines, *_lines("adam", "m *=", "m +=")],
    )


def _second_moment(past: Pass, update: Update, of: str, cell: Place) -> Memory:
    clipped, scale, note, lines = _clipped(past, update, of, cell)
    whole: Math = ["mrow", operator("("), product(*scale, gradient(*_letters(of))), operator(")")]
    return Memory(
        f"The mean of the squared gradients of a parameter of {_place_name(past, of)}, in which older ones fade, after "
        f"the last update: the share β₂ = {update.beta2:g} of what it was, and of the gradient's square the "
        f"rest.{note}",
        *("β₂", update.beta2),
        [_constant(past, "1−β₂", 1 - update.beta2), *clipped, *clipped],
        product(_rest("β₂"), ["msup", whole, ["mn", "2"]]),
        [*lines, *_lines("adam", "v *=", "v +=")],
    )


_STATE: dict[str, Callable[[Pass, Update, str, Place], Memory]] = {
    "velocity": _velocity,
    "first_moment": _first_moment,
    "second_moment": _second_moment,
}


# What both are made of:


def _clipped(past: Pass, update: Update, name: str, cell: Place) -> tuple[list[Operand], list[Math], str, list[Code]]:
    """A parameter's gradient as the optimizer was given it: its factors, the factor s in letters, why, and where."""
    moved = past.operand(f"∂L/∂{_letters(name)[0]}", gradient_name(name), *cell)
    if update.clip_norm is None:
        return [moved], [], "", []
    gradients = past.model.gradients
    factor, length = clip_factor(gradients, update.clip_norm), norm(gradients)
    if factor == 1:
        note = f" All gradients together have the norm {length:.3g}, within the limit of {update.clip_norm:g}."
        return [moved], [], note, [Code(clip, "clipped: ")]
    note = (
        f" All gradients together have the norm {length:.3g}, over the limit of {update.clip_norm:g}, so each is "
        f"multiplied by s = {factor:.3g}."
    )
    return [_constant(past, "s", factor), moved], [["mi", "s"]], note, [Code(clip, "clipped: ")]


def _rate(past: Pass, update: Update) -> Operand:
    return _constant(past, "−η", -update.learning_rate)


def _constant(past: Pass, symbol: str, value: float) -> Operand:
    """A number as the network's dtype holds it."""
    return Operand(symbol, np.full(1, value, past.model.dtype).astype(np.float64))


def _rest(share: str) -> Math:
    return ["mrow", operator("("), ["mn", "1"], operator("−"), ["mi", share], operator(")")]


def _letters(name: str) -> tuple[str, str]:
    """Return the letter of a parameter, and its indices."""
    place, _, quantity = name.rpartition("/")
    return ("b", "j") if quantity == "biases" else ("W", "ij" if place.startswith("layers/") else "td")


def _lines(optimizer: str, *fragments: str) -> list[Code]:
    return [Code(OPTIMIZERS[optimizer].update, fragment) for fragment in fragments]


def _place_name(past: Pass, name: str) -> str:
    place = name.rpartition("/")[0]
    return "the embedding" if place == "embedding" else past.layer_name(int(place.removeprefix("layers/")))
