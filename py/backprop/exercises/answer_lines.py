"""Lines of this package that answer an exercise: the page hides them while that exercise is open."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1]

# Exercise → file and function, whose whole body with its docstring answers it.
FUNCTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "layer": (("model.py", "Layer.backward"),),
    "relu": (("activations.py", "relu_slope"),),
    "sigmoid_and_tanh": (("activations.py", "sigmoid_slope"), ("activations.py", "tanh_slope")),
    "gelu": (("activations.py", "gelu_slope"),),
    "softmax": (("losses.py", "softmax"),),
    "embedding": (("embedding.py", "Embedding.backward"),),
    "network": (("model.py", "Layer.backward"), ("model.py", "Model.backward")),
    "optimizer": (("optimizers.py", "Momentum.update"), ("optimizers.py", "Adam.update")),
    "gradient_check": (
        ("differences.py", "two_point"),
        ("differences.py", "four_point"),
        ("differences.py", "one_sided"),
        ("exercises/case.py", "numeric_gradient"),
    ),
}
# Exercise → file and lines that answer it, where the function around them does more.
LINES: dict[str, tuple[tuple[str, str], ...]] = {
    "bias_gradient": (
        (
            "model.py",
            "        # b[j] affects it through the same z[n, j], at rate 1: sum over n.\n"
            "        np.add.reduce(grad_z, axis=0, out=self.grad_biases)",
        ),
    ),
    "weight_gradient": (
        (
            "model.py",
            "        # z = x W + b. W[i, j] affects the loss through z[n, j] of every sample n, "
            "at rate dz/dW = x[n, i]: sum over n.\n"
            "        np.matmul(self.inputs.T, grad_z, out=self.grad_weights)",
        ),
    ),
    "input_gradient": (
        (
            "model.py",
            "        # x[n, i] affects it through z[n, j] of every unit j, at rate W[i, j]: sum over j.\n"
            "        return np.matmul(grad_z, self.weights.T, out=self.grad_inputs)",
        ),
    ),
    "softmax": (
        (
            "losses.py",
            "    shifted = logits - np.maximum.reduce(logits, axis=1, keepdims=True)\n    exps = np.exp(shifted)",
        ),
        ("losses.py", "    exps /= sums"),
    ),
    "cross_entropy": (
        ("losses.py", "    grad_logits : array (batch, classes), (softmax(logits) - targets) / batch"),
        (
            "losses.py",
            "    exponential of softmax cancel in the gradient, which leaves the predicted minus the true probability.",
        ),
        ("losses.py", "    exps -= y\n    exps /= batch"),
    ),
    "mean_squared_error": (
        ("losses.py", "    grad_logits : array (batch, classes), 2 (logits - targets) / (batch · classes)"),
        ("losses.py", "    difference *= 2 / difference.size"),
    ),
}


class AnswerLines(NamedTuple):
    """Consecutive lines of a file: the first and the last of them, counted from 1, and their text."""

    file: str
    first: int
    last: int
    text: str


def answer_lines(name: str) -> list[AnswerLines]:
    """Return the lines of this package that answer an exercise.

    Raises
    ------
    ValueError
        If a file does not contain them exactly once.
    """
    found = [_body(file, function) for file, function in FUNCTIONS.get(name, ())]
    return [*found, *(_lines(file, text) for file, text in LINES.get(name, ()))]


def _body(file: str, function: str) -> AnswerLines:
    source = (PACKAGE / file).read_text("utf-8")
    bodies = [node.body for path, node in _functions(ast.parse(source)) if path == function]
    if len(bodies) != 1:
        raise ValueError(f"{file} must define {function} once, got {len(bodies)}")
    first, last = bodies[0][0].lineno, bodies[0][-1].end_lineno or 0
    return AnswerLines(file, first, last, "\n".join(source.splitlines()[first - 1 : last]))


def _lines(file: str, text: str) -> AnswerLines:
    source = (PACKAGE / file).read_text("utf-8")
    if source.count(f"\n{text}") != 1:
        raise ValueError(f"{file} must contain the lines once, got {source.count(text)}: {text.strip()!r}")
    first = source[: source.index(f"\n{text}") + 1].count("\n") + 1
    last = first + text.count("\n")
    return AnswerLines(file, first, last, "\n".join(source.splitlines()[first - 1 : last]))


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield each function of a module and each method of its classes, with its path such as "Layer.backward"."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, ast.FunctionDef))
