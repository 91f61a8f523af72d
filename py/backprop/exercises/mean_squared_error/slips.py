"""Known mistakes in the gradient of the mean squared error."""

import numpy as np


def two_forgotten(outputs, targets):
    """Yours is half the right gradient: the derivative of e² is 2e."""
    return (outputs - targets) / outputs.size


def divided_by_samples(outputs, targets):
    """Yours is K times the right gradient. The mean runs over all N · K numbers, not over the N samples."""
    return 2 * (outputs - targets) / len(outputs)


def sum_in_place_of_mean(outputs, targets):
    """Yours is the gradient of the sum. The loss is the mean: divide by N · K."""
    return 2 * (outputs - targets)


def wrong_sign(outputs, targets):
    """Yours has the wrong sign: a step against it would raise the loss. It is output − target."""
    return 2 * (targets - outputs) / outputs.size
