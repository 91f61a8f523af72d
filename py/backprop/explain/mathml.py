"""Formulas as trees of MathML elements, with conversion to text.

The notation is MathML Core (W3C), so there is no syntax to parse or learn: a tree is ``[element, child, …]``, each
child a tree, or text in the leaves ``mi`` (a letter), ``mn`` (a number), ``mo`` (an operator) and ``mtext`` (words).
The other elements are ``mrow``, ``msub``, ``msup``, ``munder``, ``mfrac``, ``msqrt``.
``["msub", ["mi", "x"], ["mi", "ni"]]`` is x with the index ni.
"""

from typing import Annotated, Any

Math = Annotated[list[Any], "MathTree"]  # its name in the page, as a recursive type

ELEMENTS = ("mi", "mn", "mo", "mtext", "mrow", "msub", "msup", "munder", "mfrac", "msqrt")
SPACED = frozenset("=+−·")


def operator(sign: str) -> Math:
    """Return an operator, or a parenthesis."""
    return ["mo", sign]


def letter(symbol: str, indices: str) -> Math:
    """Return a letter with subscript indices."""
    return ["msub", ["mi", symbol], ["mi", indices]]


def gradient(symbol: str, indices: str) -> Math:
    """Return ∂L/∂ of a letter."""
    return ["mfrac", ["mrow", operator("∂"), ["mi", "L"]], ["mrow", operator("∂"), letter(symbol, indices)]]


def product(*factors: Math) -> Math:
    """Return the factors with dots between them."""
    return ["mrow", *[part for factor in factors for part in (operator("·"), factor)][1:]]


def total(index: str, *factors: Math) -> Math:
    """Return the sum of products over an index."""
    return ["mrow", ["munder", operator("∑"), ["mi", index]], product(*factors)]


def equation(left: Math, *right: Math) -> Math:
    """Return left = right."""
    return ["mrow", left, operator("="), *right]


def to_text(tree: Math) -> str:
    """Convert a formula to one line of text: ``∂L/∂W_ij = ∑_n x_ni · ∂L/∂z_nj``."""
    element, *children = tree
    if element in {"mi", "mn", "mtext"}:
        return str(children[0])
    if element == "mo":
        return f" {children[0]} " if children[0] in SPACED else str(children[0])
    parts = [to_text(child) for child in children]
    if element == "mrow":
        return "".join(parts)
    if element == "msqrt":
        return f"√({''.join(parts)})"
    if element == "munder":
        return f"{parts[0]}_{parts[1]} "
    first, second = (f"({part})" if " " in part else part for part in parts)
    return first + {"msub": "_", "msup": "^", "mfrac": "/"}[element] + second


_Z: Math = ["mi", "z"]
_ONE: Math = ["mn", "1"]
_EXP_MINUS_Z: Math = ["msup", ["mi", "e"], ["mrow", ["mo", "-"], _Z]]
_ONE_PLUS_EXP: Math = ["mrow", _ONE, operator("+"), _EXP_MINUS_Z]


def _applied(function: str, *argument: Math) -> Math:
    return ["mrow", ["mi", function], operator("("), *argument, operator(")")]


# f(z) of each activation function in `activations`.
ACTIVATION_FORMULAS: dict[str, Math] = {
    "gelu": [
        "mrow",
        ["mfrac", _ONE, ["mn", "2"]],
        operator("·"),
        _Z,
        operator("("),
        _ONE,
        operator("+"),
        _applied(
            "tanh",
            ["msqrt", ["mfrac", ["mn", "2"], ["mi", "π"]]],
            operator("("),
            *(_Z, operator("+"), ["mn", "0.044715"], ["msup", _Z, ["mn", "3"]]),
            operator(")"),
        ),
        operator(")"),
    ],
    "gelu_exact": ["mrow", _Z, _applied("Φ", _Z)],
    "relu": _applied("max", ["mn", "0"], ["mo", ", "], _Z),
    "tanh": _applied("tanh", _Z),
    "sigmoid": ["mfrac", _ONE, _ONE_PLUS_EXP],
    "silu": ["mfrac", _Z, _ONE_PLUS_EXP],
    "identity": _Z,
}
