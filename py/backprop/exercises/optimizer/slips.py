"""Known mistakes in momentum and Adam."""

import numpy as np

REPLACES = {
    "momentum_wrong_sign": "momentum",
    "velocity_lost": "momentum",
    "averaged_velocity": "momentum",
    "no_correction": "adam",
    "t_one_late": "adam",
    "epsilon_inside": "adam",
    "first_moment_only": "adam",
    "adam_wrong_sign": "adam",
}


def momentum_wrong_sign(w, g, v, learning_rate, mu):
    """Yours steps along the velocity, up the loss. Step against it: w − η v."""
    v = mu * v + g
    return w + learning_rate * v, v


def velocity_lost(w, g, v, learning_rate, mu):
    """Yours forgets the velocity before: v is the gradient alone. Keep the fraction μ of it."""
    return w - learning_rate * g, g.copy()


def averaged_velocity(w, g, v, learning_rate, mu):
    """Yours weights the gradient by 1 − μ, a running mean. Here v ← μ v + g, as in PyTorch."""
    v = mu * v + (1 - mu) * g
    return w - learning_rate * v, v


def _adam(w, g, m, v, learning_rate, beta1, beta2, step):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return w - learning_rate * step(m, v), m, v


def no_correction(w, g, m, v, t, learning_rate, beta1, beta2, epsilon):
    """Yours lacks the bias correction: m and v start at 0 and are too small at first. Divide by 1 − βᵗ."""
    return _adam(w, g, m, v, learning_rate, beta1, beta2, lambda m, v: m / (np.sqrt(v) + epsilon))


def t_one_late(w, g, m, v, t, learning_rate, beta1, beta2, epsilon):
    """Yours corrects with t + 1. t is 1 at the first step already."""
    one, two = 1 - beta1 ** (t + 1), 1 - beta2 ** (t + 1)
    return _adam(w, g, m, v, learning_rate, beta1, beta2, lambda m, v: m / one / (np.sqrt(v / two) + epsilon))


def epsilon_inside(w, g, m, v, t, learning_rate, beta1, beta2, epsilon):
    """Yours adds ε under the root. It belongs outside: √v̂ + ε. With small gradients that differs."""
    one, two = 1 - beta1**t, 1 - beta2**t
    return _adam(w, g, m, v, learning_rate, beta1, beta2, lambda m, v: m / one / np.sqrt(v / two + epsilon))


def first_moment_only(w, g, m, v, t, learning_rate, beta1, beta2, epsilon):
    """Yours does not divide by √v̂: large gradients make large steps. Adam's steps have about the size η."""
    return _adam(w, g, m, v, learning_rate, beta1, beta2, lambda m, v: m / (1 - beta1**t))


def adam_wrong_sign(w, g, m, v, t, learning_rate, beta1, beta2, epsilon):
    """Yours steps along the mean gradient, up the loss. Step against it."""
    one, two = 1 - beta1**t, 1 - beta2**t
    return _adam(w, g, m, v, -learning_rate, beta1, beta2, lambda m, v: m / one / (np.sqrt(v / two) + epsilon))
