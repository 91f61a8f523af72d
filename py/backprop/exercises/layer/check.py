"""Checks of a whole layer: its three gradients by central differences, for one, two and three passes."""

from typing import Any

from ..case import GRADIENT, Case, normal, numeric_gradient

CLASS = "Layer"
W, B = normal(1, 4, 3), normal(2, 3)
# Samples of each pass; a repeated 0 is another call of backward after the same forward pass.
PASSES = {"1 pass of 10 samples": (10,), "backward called twice": (10, 0), "10 samples, then 7": (10, 7)}


def cases() -> list[Case]:
    """Return the cases."""
    return [_case(title, counts) for title, counts in PASSES.items()]


def call(mine: Any, w: Any, b: Any, passes: Any) -> tuple[Any, Any, Any]:
    """Make a layer, pass through it forward and backward, and return the gradients of the last pass."""
    layer = mine(w, b)
    dx = None
    for x, dz in passes:
        if len(x):
            layer.forward(x)
        dx = layer.backward(dz)
    return getattr(layer, "dW", None), getattr(layer, "db", None), dx


def _case(title: str, counts: tuple[int, ...]) -> Case:
    passes: list[Any] = []
    for count in counts:
        x, dz = normal(count, count, 4), normal(count + 100, count, 3)
        passes.append((x, dz if count else passes[-1][1]))
    x, dz = next(each for each in reversed(passes) if len(each[0]))
    expected = {
        "dW": numeric_gradient(lambda w: float((dz * (x @ w + B)).sum()), W),
        "db": numeric_gradient(lambda b: float((dz * (x @ W + b)).sum()), B),
        "dx": numeric_gradient(lambda at: float((dz * (at @ W + B)).sum()), x),
    }
    return Case(title, (W, B, passes), expected, GRADIENT, CLASS)
