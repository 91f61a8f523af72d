"""The formula of every number that forward and backward compute: of which cells it is made, how, and where in the code.

What an update changes is in `update_formula`.
"""

from collections.abc import Callable

import numpy as np

from .activations import ACTIVATIONS
from .last_pass import Operand, Pass
from .loss_formula import loss_formula, loss_gradient
from .notation import ACTIVATION_FORMULAS, equation, gradient, letter, operator, product, total
from .terms import Code, Formula, Terms
from .update_formula import parameter, remembered


def formula_of(past: Pass, name: str, row: int, col: int) -> Formula:
    """Return the formula of one cell; name, row and col are checked before."""
    if name in past.losses:
        return loss_formula(past, name, row, col)
    if name in past.remembered:
        return remembered(past, name, row, col)
    place, _, quantity = name.rpartition("/")
    if place.startswith("layers/"):
        k = int(place.removeprefix("layers/"))
        if quantity == "grad_pre_activations" and k == past.last:
            return loss_gradient(past, row, col)
        return _LAYER[quantity](past, k, row, col)
    return _OTHER[name](past, row, col)


# Forward:


def _input(past: Pass, n: int, i: int) -> Formula:
    value = past.values("inputs", n, i)
    table, dataset = past.model.embedding, past.names.dataset
    vocabulary = table.vocabulary if table else len(dataset.vocabulary) if dataset else 0
    sentence = f"What went in: {past.names.input(i)} of {past.names.sample(n)}."
    if vocabulary:
        position, token = divmod(i, vocabulary)
        is_it = "is" if value[0] == 1 else "is not"
        sentence += f" It is {value[0]:.0f}: the token at position {position + 1} {is_it} {past.names.token(token)}."
    terms = [Terms(lambda _: "as given", [Operand("x", value)])]
    return Formula("input", sentence, equation(letter("x", "ni"), ["mtext", "as given"]), terms, [])


def _lookup(past: Pass, n: int, c: int) -> Formula:
    table = past.table
    position, d = divmod(c, table.dim)
    token = int(table.tokens[n, position])
    cells = [
        past.operand("x", "inputs", n, position * table.vocabulary + token),
        past.operand("W", "embedding/weights", token, d),
    ]
    word = past.names.token(token)
    return Formula(
        "copy of a row",
        f"A copy: {word} stands at position {position + 1} of {past.names.sample(n)}, so the table's row for it is "
        "looked up. That is the same as multiplying the table by a vector that is 1 at the token and 0 elsewhere.",
        equation(letter("a", "nd"), product(letter("x", "nt"), letter("W", "td"))),
        [Terms(lambda _: word, cells)],
        [Code(type(table).forward, "self.activations = ")],
    )


def _dot_product(past: Pass, k: int, n: int, j: int) -> Formula:
    layer, i = past.model.layers[k], np.arange(past.model.layers[k].fan_in)
    weighed = [
        past.operand("x", past.input_of(k), n, i),
        past.operand("W", f"layers/{k}/weights", i, j),
    ]
    forward = type(layer).forward
    return Formula(
        "dot product",
        f"What goes into {past.unit_name(k, j)}, for {past.names.sample(n)}: each of {layer.fan_in} inputs times its "
        "weight, summed, plus the bias.",
        equation(letter("z", "nj"), total("i", letter("x", "ni"), letter("W", "ij")), operator("+"), letter("b", "j")),
        [
            Terms(lambda t: past.input_name(k, t), weighed),
            Terms(lambda _: "bias", [past.operand("b", f"layers/{k}/biases", 0, j)]),
        ],
        [Code(forward, "out=self.pre_activations"), Code(forward, "+= self.biases")],
        "inputs",
    )


def _activation(past: Pass, k: int, n: int, j: int) -> Formula:
    layer, name = past.model.layers[k], past.model.activation
    z, cell = layer.pre_activations[n : n + 1, j : j + 1], (f"layers/{k}/pre_activations", n, j)
    a = layer.activation.value(z).astype(np.float64)[0]
    slope = layer.activation.slope(z, layer.activations[n : n + 1, j : j + 1])
    return Formula(
        "activation",
        f"The activation function {name}, at what went into {past.unit_name(k, j)}, for {past.names.sample(n)}.",
        equation(letter("a", "nj"), ACTIVATION_FORMULAS.get(name, ["mi", "f(z)"])),
        [Terms(lambda _: f"{name}(z)", [Operand("f(z)", a, *cell, is_function=True)])],
        [Code(type(layer).forward, "self.activation.value("), Code(layer.activation.value)],
        curve=(float(z[0, 0]), float(layer.activations[n, j]), float(slope[0, 0])),
    )


# Backward:


def _delta(past: Pass, k: int, n: int, j: int) -> Formula:
    layer = past.model.layers[k]
    z, a, slope = (float(values[n, j]) for values in (layer.pre_activations, layer.activations, layer.slopes))
    factors = [
        past.operand("∂L/∂a", f"layers/{k}/grad_activations", n, j),
        Operand("f′(z)", np.array([slope]), f"layers/{k}/pre_activations", n, j, is_function=True),
    ]
    return Formula(
        "times the slope",
        f"How fast the loss grows with what goes into {past.unit_name(k, j)}, for {past.names.sample(n)}: how fast it "
        f"grows with what comes out, times the slope of {past.model.activation} there.",
        equation(
            gradient("z", "nj"),
            product(gradient("a", "nj"), ["mrow", ["mi", "f′"], operator("("), letter("z", "nj"), operator(")")]),
        ),
        [Terms(lambda _: past.unit_name(k, j), factors)],
        [Code(type(layer).backward, "out=self.grad_pre_activations"), Code(ACTIVATIONS[past.model.activation].slope)],
        curve=(z, a, slope),
    )


def _through_layer(past: Pass, k: int, n: int, i: int) -> Formula:
    layer, j = past.model.layers[k], np.arange(past.model.layers[k].fan_out)
    factors = [
        past.operand("∂L/∂z", f"layers/{k}/grad_pre_activations", n, j),
        past.operand("W", f"layers/{k}/weights", i, j),
    ]
    return Formula(
        "through the next layer",
        f"How fast the loss grows with {past.input_name(k, i)}, for {past.names.sample(n)}: it reaches the loss "
        f"through each of the {layer.fan_out} units of {past.layer_name(k)}, with the strength of its weight there.",
        equation(gradient("x", "ni"), total("j", gradient("z", "nj"), letter("W", "ij"))),
        [Terms(lambda t: past.unit_name(k, t), factors)],
        [Code(type(layer).backward, "out=self.grad_inputs")],
        "units",
    )


def _weight_gradient(past: Pass, k: int, i: int, j: int) -> Formula:
    n = np.arange(past.batch)
    factors = [
        past.operand("x", past.input_of(k), n, i),
        past.operand("∂L/∂z", f"layers/{k}/grad_pre_activations", n, j),
    ]
    return Formula(
        "sum over the batch",
        f"How fast the loss grows with the weight from {past.input_name(k, i)} to {past.unit_name(k, j)}: for each of "
        f"{past.batch} samples, what went in times how fast the loss grows with what came of it.",
        equation(gradient("W", "ij"), total("n", letter("x", "ni"), gradient("z", "nj"))),
        [Terms(past.names.sample, factors)],
        [Code(type(past.model.layers[k]).backward, "out=self.grad_weights")],
        "samples",
    )


def _bias_gradient(past: Pass, k: int, _row: int, j: int) -> Formula:
    return Formula(
        "sum over the batch",
        f"How fast the loss grows with the bias of {past.unit_name(k, j)}: the sum, over {past.batch} samples, of how "
        "fast it grows with what goes into that unit.",
        equation(gradient("b", "j"), total("n", gradient("z", "nj"))),
        [
            Terms(
                past.names.sample, [past.operand("∂L/∂z", f"layers/{k}/grad_pre_activations", np.arange(past.batch), j)]
            )
        ],
        [Code(type(past.model.layers[k]).backward, "out=self.grad_biases")],
        "samples",
    )


def _occurrences(past: Pass, token: int, d: int) -> Formula:
    table = past.table
    n, position = np.nonzero(table.tokens == token)
    factors = [
        past.operand("x", "inputs", n, position * table.vocabulary + token),
        past.operand("∂L/∂a", "embedding/grad_activations", n, position * table.dim + d),
    ]
    word = past.names.token(token)
    return Formula(
        "sum over the occurrences",
        f"How fast the loss grows with dimension {d} of {word}: the sum over the {len(n)} places of this batch "
        "where it occurs.",
        equation(gradient("W", "td"), total("n", letter("x", "nt"), gradient("a", "nd"))),
        [Terms(lambda t: f"position {position[t] + 1} of {past.names.sample(int(n[t]))}", factors)],
        [Code(type(table).backward, "out=self.grad_weights")],
        "occurrences",
    )


_LAYER: dict[str, Callable[[Pass, int, int, int], Formula]] = {
    "weights": lambda past, k, i, j: parameter(past, f"layers/{k}/weights", i, j),
    "biases": lambda past, k, i, j: parameter(past, f"layers/{k}/biases", i, j),
    "pre_activations": _dot_product,
    "activations": _activation,
    "grad_weights": _weight_gradient,
    "grad_biases": _bias_gradient,
    "grad_pre_activations": _delta,
    "grad_activations": lambda past, k, n, i: _through_layer(past, k + 1, n, i),
}
_OTHER: dict[str, Callable[[Pass, int, int], Formula]] = {
    "inputs": _input,
    "embedding/weights": lambda past, t, d: parameter(past, "embedding/weights", t, d),
    "embedding/activations": _lookup,
    "embedding/grad_weights": _occurrences,
    "embedding/grad_activations": lambda past, n, i: _through_layer(past, 0, n, i),
    "grad_inputs": lambda past, n, i: _through_layer(past, 0, n, i),
}
