"""Terms of the formulas of an update: the clipped gradient, constants, and the code of an optimizer."""

import numpy as np

from ..optimizers import OPTIMIZERS
from ..tensors import gradient_name
from ..updates import Update, clip, clip_factor, norm
from .last_pass import Operand, Pass
from .mathml import Math, operator
from .terms import Code

Place = tuple[int, int]


def clipped(pass_: Pass, update: Update, name: str, cell: Place) -> tuple[list[Operand], list[Math], str, list[Code]]:
    """Return the gradient after clipping: its operands, the symbol of the factor, a note, and the code."""
    moved = pass_.operand(f"∂L/∂{letters(name)[0]}", gradient_name(name), *cell)
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
    return [constant(pass_, "s", factor), moved], [["mi", "s"]], note, [Code(clip, "clipped: ")]


def rate(pass_: Pass, update: Update) -> Operand:
    """Return minus the learning rate."""
    return constant(pass_, "−η", -update.learning_rate)


def constant(pass_: Pass, symbol: str, value: float) -> Operand:
    """Return a constant rounded to the network's dtype."""
    return Operand(symbol, np.full(1, value, pass_.model.dtype).astype(np.float64))


def rest(fraction: str) -> Math:
    """Return 1 minus a fraction, as a formula."""
    return ["mrow", operator("("), ["mn", "1"], operator("−"), ["mi", fraction], operator(")")]


def letters(name: str) -> tuple[str, str]:
    """Return the letter and the indices of a parameter."""
    place, _, quantity = name.rpartition("/")
    return ("b", "j") if quantity == "biases" else ("W", "ij" if place.startswith("layers/") else "td")


def lines(optimizer: str, *fragments: str) -> list[Code]:
    """Return lines of an optimizer's update, by their beginnings."""
    return [Code(OPTIMIZERS[optimizer].update, fragment) for fragment in fragments]


def place_name(pass_: Pass, name: str) -> str:
    """Return the layer of a parameter, in words."""
    place = name.rpartition("/")[0]
    return "the embedding" if place == "embedding" else pass_.layer_name(int(place.removeprefix("layers/")))
