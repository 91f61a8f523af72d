"""Formulas of all numbers computed by forward and backward: cells, arithmetic and code.

For parameters see `update_formulas`, for optimizer state `state_formulas`.
"""

from collections.abc import Callable

import numpy as np

from ..activations import ACTIVATIONS
from .last_pass import Operand, Pass
from .loss_formulas import loss_formula, loss_gradient
from .mathml import ACTIVATION_FORMULAS, equation, gradient, letter, operator, product, total
from .state_formulas import state_formula
from .terms import Code, Formula, Terms, count
from .update_formulas import parameter_formula


def formula_of(pass_: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of one cell; the caller has checked name, row and col."""
    if name in pass_.losses:
        return loss_formula(pass_, name, row, col)
    if name in pass_.state_cells:
        return state_formula(pass_, name, row, col)
    place, _, quantity = name.rpartition("/")
    if place.startswith("layers/"):
        k = int(place.removeprefix("layers/"))
        if quantity == "grad_pre_activations" and k == pass_.last:
            return loss_gradient(pass_, row, col)
        return _LAYER[quantity](pass_, k, row, col)
    return _OTHER[name](pass_, row, col)


# Forward:


def _input(pass_: Pass, n: int, i: int) -> Formula:
    value = pass_.values("inputs", n, i)
    table, dataset = pass_.model.embedding, pass_.names.dataset
    vocabulary = table.vocabulary if table else len(dataset.vocabulary) if dataset else 0
    sentence = f"Given by the dataset: {pass_.names.input(i)} of {pass_.names.sample(n)}."
    if vocabulary:
        position, token = divmod(i, vocabulary)
        is_it = "is" if value[0] == 1 else "is not"
        sentence += f" It is {value[0]:.0f}: the token at position {position + 1} {is_it} {pass_.names.token(token)}."
    terms = [Terms(lambda _: "given", [Operand("x", value)])]
    return Formula("input", sentence, equation(letter("x", "ni"), ["mtext", "given"]), terms, [])


def _lookup(pass_: Pass, n: int, c: int) -> Formula:
    table = pass_.table
    position, d = divmod(c, table.dim)
    token = int(table.tokens[n, position])
    cells = [
        pass_.operand("x", "inputs", n, position * table.vocabulary + token),
        pass_.operand("W", "embedding/weights", token, d),
    ]
    word = pass_.names.token(token)
    return Formula(
        "copy of a row",
        f"Dimension {d + 1} of {word}, which is at position {position + 1} of {pass_.names.sample(n)}: its row of the "
        "table is looked up. This equals multiplying a vector that is 1 at the token and 0 elsewhere by the table.",
        equation(letter("a", "nd"), product(letter("x", "nt"), letter("W", "td"))),
        [Terms(lambda _: word, cells)],
        [Code(type(table).forward, "self.activations = ")],
    )


def _dot_product(pass_: Pass, k: int, n: int, j: int) -> Formula:
    layer, i = pass_.model.layers[k], np.arange(pass_.model.layers[k].fan_in)
    weighed = [
        pass_.operand("x", pass_.input_of(k), n, i),
        pass_.operand("W", f"layers/{k}/weights", i, j),
    ]
    forward = type(layer).forward
    return Formula(
        "dot product",
        f"Pre-activation of {pass_.unit_name(k, j)}, for {pass_.names.sample(n)}: the sum over "
        f"{count(layer.fan_in, 'input')} of input × weight, plus the bias.",
        equation(letter("z", "nj"), total("i", letter("x", "ni"), letter("W", "ij")), operator("+"), letter("b", "j")),
        [
            Terms(lambda t: pass_.input_name(k, t), weighed),
            Terms(lambda _: "bias", [pass_.operand("b", f"layers/{k}/biases", 0, j)]),
        ],
        [Code(forward, "out=self.pre_activations"), Code(forward, "+= self.biases")],
        "inputs",
    )


def _activation(pass_: Pass, k: int, n: int, j: int) -> Formula:
    layer, name = pass_.model.layers[k], pass_.model.activation
    z, cell = layer.pre_activations[n : n + 1, j : j + 1], (f"layers/{k}/pre_activations", n, j)
    a = layer.activation.value(z).astype(np.float64)[0]
    slope = layer.activation.slope(z, layer.activations[n : n + 1, j : j + 1])
    return Formula(
        "activation",
        f"Activation of {pass_.unit_name(k, j)}, for {pass_.names.sample(n)}: the activation function {name} of its "
        "pre-activation.",
        equation(letter("a", "nj"), ACTIVATION_FORMULAS.get(name, ["mi", "f(z)"])),
        [Terms(lambda _: f"{name}(z)", [Operand("f(z)", a, *cell, is_function=True)])],
        [Code(type(layer).forward, "self.activation.value("), Code(layer.activation.value)],
        curve=(float(z[0, 0]), float(layer.activations[n, j]), float(slope[0, 0])),
    )


# Backward:


def _delta(pass_: Pass, k: int, n: int, j: int) -> Formula:
    layer = pass_.model.layers[k]
    z, a, slope = (float(values[n, j]) for values in (layer.pre_activations, layer.activations, layer.slopes))
    factors = [
        pass_.operand("∂L/∂a", f"layers/{k}/grad_activations", n, j),
        Operand("f′(z)", np.array([slope]), f"layers/{k}/pre_activations", n, j, is_function=True),
    ]
    return Formula(
        "times the slope",
        f"Gradient of the pre-activation of {pass_.unit_name(k, j)}, for {pass_.names.sample(n)}: the gradient of its "
        f"activation × the slope of {pass_.model.activation} at the pre-activation.",
        equation(
            gradient("z", "nj"),
            product(gradient("a", "nj"), ["mrow", ["mi", "f′"], operator("("), letter("z", "nj"), operator(")")]),
        ),
        [Terms(lambda _: pass_.unit_name(k, j), factors)],
        [Code(type(layer).backward, "out=self.grad_pre_activations"), Code(ACTIVATIONS[pass_.model.activation].slope)],
        curve=(z, a, slope),
    )


def _through_layer(pass_: Pass, k: int, n: int, i: int) -> Formula:
    layer, j = pass_.model.layers[k], np.arange(pass_.model.layers[k].fan_out)
    factors = [
        pass_.operand("∂L/∂z", f"layers/{k}/grad_pre_activations", n, j),
        pass_.operand("W", f"layers/{k}/weights", i, j),
    ]
    return Formula(
        "through the next layer",
        f"Gradient of {pass_.input_name(k, i)}, for {pass_.names.sample(n)}: it affects the loss through "
        f"{count(layer.fan_out, 'unit')} of {pass_.layer_name(k)}, so the sum over them of gradient × weight.",
        equation(gradient("x", "ni"), total("j", gradient("z", "nj"), letter("W", "ij"))),
        [Terms(lambda t: pass_.unit_name(k, t), factors)],
        [Code(type(layer).backward, "out=self.grad_inputs")],
        "units",
    )


def _weight_gradient(pass_: Pass, k: int, i: int, j: int) -> Formula:
    n = np.arange(pass_.batch)
    factors = [
        pass_.operand("x", pass_.input_of(k), n, i),
        pass_.operand("∂L/∂z", f"layers/{k}/grad_pre_activations", n, j),
    ]
    return Formula(
        "sum over the batch",
        f"Gradient of the weight from {pass_.input_name(k, i)} to {pass_.unit_name(k, j)}: the sum over "
        f"{count(pass_.batch, 'sample')} of the number going in × the gradient at the unit it goes to.",
        equation(gradient("W", "ij"), total("n", letter("x", "ni"), gradient("z", "nj"))),
        [Terms(pass_.names.sample, factors)],
        [Code(type(pass_.model.layers[k]).backward, "out=self.grad_weights")],
        "samples",
    )


def _bias_gradient(pass_: Pass, k: int, _row: int, j: int) -> Formula:
    return Formula(
        "sum over the batch",
        f"Gradient of the bias of {pass_.unit_name(k, j)}: the sum over {count(pass_.batch, 'sample')} of the gradient "
        "of the unit's pre-activation.",
        equation(gradient("b", "j"), total("n", gradient("z", "nj"))),
        [
            Terms(
                pass_.names.sample,
                [pass_.operand("∂L/∂z", f"layers/{k}/grad_pre_activations", np.arange(pass_.batch), j)],
            )
        ],
        [Code(type(pass_.model.layers[k]).backward, "out=self.grad_biases")],
        "samples",
    )


def _occurrences(pass_: Pass, token: int, d: int) -> Formula:
    table = pass_.table
    n, position = np.nonzero(table.tokens == token)
    factors = [
        pass_.operand("x", "inputs", n, position * table.vocabulary + token),
        pass_.operand("∂L/∂a", "embedding/grad_activations", n, position * table.dim + d),
    ]
    word = pass_.names.token(token)
    return Formula(
        "sum over the occurrences",
        f"Gradient of dimension {d + 1} of {word}: the sum of the gradients over {count(len(n), 'occurrence')} of the "
        "token in this batch.",
        equation(gradient("W", "td"), total("n", letter("x", "nt"), gradient("a", "nd"))),
        [Terms(lambda t: f"position {position[t] + 1} of {pass_.names.sample(int(n[t]))}", factors)],
        [Code(type(table).backward, "out=self.grad_weights")],
        "occurrences",
    )


_LAYER: dict[str, Callable[[Pass, int, int, int], Formula]] = {
    "weights": lambda pass_, k, i, j: parameter_formula(pass_, f"layers/{k}/weights", i, j),
    "biases": lambda pass_, k, i, j: parameter_formula(pass_, f"layers/{k}/biases", i, j),
    "pre_activations": _dot_product,
    "activations": _activation,
    "grad_weights": _weight_gradient,
    "grad_biases": _bias_gradient,
    "grad_pre_activations": _delta,
    "grad_activations": lambda pass_, k, n, i: _through_layer(pass_, k + 1, n, i),
}
_OTHER: dict[str, Callable[[Pass, int, int], Formula]] = {
    "inputs": _input,
    "embedding/weights": lambda pass_, t, d: parameter_formula(pass_, "embedding/weights", t, d),
    "embedding/activations": _lookup,
    "embedding/grad_weights": _occurrences,
    "embedding/grad_activations": lambda pass_, n, i: _through_layer(pass_, 0, n, i),
    "grad_inputs": lambda pass_, n, i: _through_layer(pass_, 0, n, i),
}
