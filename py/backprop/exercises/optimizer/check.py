"""Checks of momentum and Adam: six steps with gradients from 1e-4 to 1."""

from typing import Any

import numpy as np

from ...optimizers import Adam, Momentum
from ..case import FORWARD, Case, normal

STEPS, SIZE = 6, 10
RATE, MU, BETAS, EPSILON = 0.1, 0.9, (0.9, 0.999), 1e-8


def cases() -> list[Case]:
    """Return the cases: both optimizers, with two tensors each."""
    return [_case(function, seed) for function in ("momentum", "adam") for seed in (1, 2)]


def call(mine: Any, function: str, w: Any, gradients: Any) -> Any:
    """Make six steps; return the weights after each, and the final state."""
    state = [np.zeros_like(w)] * (1 if function == "momentum" else 2)
    weights = []
    for t, g in enumerate(gradients, 1):
        settings = (RATE, MU) if function == "momentum" else (t, RATE, *BETAS, EPSILON)
        result = mine(w, g, *state, *settings)
        if not isinstance(result, tuple | list) or len(result) != 1 + len(state):
            raise TypeError(f"{function} must return {1 + len(state)} arrays: the new weights, then its new state")
        w, *state = result
        weights.append(w)
    return (np.stack(weights), *state)


def _case(function: str, seed: int) -> Case:
    w = normal(seed, SIZE, scale=0.1)
    gradients = normal(seed + 10, STEPS, SIZE) * np.logspace(-4, 0, SIZE)
    settings = {"momentum": MU, "beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPSILON}
    optimizer = (Momentum if function == "momentum" else Adam)(SIZE, "float64", **settings)
    moved, weights = w.copy(), []
    for g in gradients:
        optimizer.update(moved, g, RATE)
        weights.append(moved.copy())
    state = {name.replace("_", " "): values.copy() for name, values in optimizer.state.items()}
    expected = {"weights of each step": np.stack(weights), **state}
    return Case(f"{function}, six steps", (function, w, gradients), expected, FORWARD, function, 1e-10)
