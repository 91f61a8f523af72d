"""Known mistakes in the weight gradient."""

import numpy as np


def transposed(x, dz):
    """Yours is the transpose of the right gradient. W[i, j] joins input i with unit j: the inputs are the rows."""
    return dz.T @ x


def mean_over_batch(x, dz):
    """Yours is 1/N of the right gradient. The loss is a mean already, so dz contains the 1/N."""
    return x.T @ dz / len(x)


def first_sample(x, dz):
    """Yours is the gradient of the first sample only. Every sample uses the same weights: sum over all of them."""
    return np.outer(x[0], dz[0])


def product_of_sums(x, dz):
    """Yours multiplies the sums over the batch. Multiply for each sample first, then sum the products."""
    return np.outer(x.sum(axis=0), dz.sum(axis=0))
