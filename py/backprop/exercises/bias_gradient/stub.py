"""Bias gradient: how fast the loss grows with each bias."""

import numpy as np


def bias_gradient(dz):
    """Return dL/db, shape (out,), from dL/dz, shape (N, out)."""
    ...
