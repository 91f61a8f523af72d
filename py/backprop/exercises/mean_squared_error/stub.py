"""Gradient of the mean squared error."""

import numpy as np


def mse_gradient(outputs, targets):
    """Return dL/doutputs from outputs and targets, all of shape (N, K)."""
    ...
