"""Momentum and Adam."""

import numpy as np


def momentum(w, g, v, learning_rate, mu):
    """Return new w and v, from weights w, gradients g and velocity v."""
    v = mu * v + g
    return w - learning_rate * v, v


def adam(w, g, m, v, t, learning_rate, beta1, beta2, epsilon):
    """Return new w, m and v; t is the number of this step, from 1."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v
