"""Known mistakes in the gradient of cross-entropy."""

import numpy as np


def _difference(p, targets):
    return p - np.eye(p.shape[1])[targets]


def not_divided(p, targets):
    """Yours is N times the right gradient. The loss is a mean over the batch: where does 1/N belong?"""
    return _difference(p, targets)


def divided_by_classes(p, targets):
    """Yours is divided by the number of classes. The mean runs over the samples: divide by N."""
    return _difference(p, targets) / p.shape[1]


def wrong_sign(p, targets):
    """Yours has the wrong sign: a step against it would raise the loss. It is p − y, not y − p."""
    return -_difference(p, targets) / len(p)


def targets_forgotten(p, targets):
    """Yours is p / N: the targets are not subtracted. At the right class, p − 1 pushes its logit up."""
    return p / len(p)


def through_softmax_twice(p, targets):
    """Yours goes through the derivative of softmax again. p − y contains it already."""
    g = _difference(p, targets) / len(p)
    return p * (g - (p * g).sum(axis=1, keepdims=True))
