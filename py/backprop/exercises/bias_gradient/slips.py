"""Known mistakes in the bias gradient."""


def mean_over_batch(dz):
    """Yours is 1/N of the right gradient: a mean over the samples. The loss is a mean already, so dz contains the 1/N."""
    return dz.mean(axis=0)


def first_sample(dz):
    """Yours is the gradient of the first sample only. The bias is added for every sample: sum over all of them."""
    return dz[0]


def largest_sample(dz):
    """Yours is the largest value of each column. Every sample contributes: sum over them."""
    return dz.max(axis=0)


def wrong_axis(dz):
    """Yours is summed over the units, one number for each sample. Sum over the samples, which are the rows: axis 0."""
    return dz.sum(axis=1)


def no_sum(dz):
    """Yours has one row for each sample. The layer has one bias for all samples: sum their gradients."""
    return dz.copy()
