"""Softmax without overflow."""

import numpy as np


def softmax(logits):
    """Return the probabilities, shape (N, C), of logits, shape (N, C)."""
    ...
