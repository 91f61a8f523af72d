"""Momentum and Adam."""

import numpy as np


def momentum(w, g, v, learning_rate, mu):
    """Return new w and v, from weights w, gradients g and velocity v."""
    ...


def adam(w, g, m, v, t, learning_rate, beta1, beta2, epsilon):
    """Return new w, m and v; t is the number of this step, from 1."""
    ...
