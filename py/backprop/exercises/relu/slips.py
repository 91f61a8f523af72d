"""Known mistakes in ReLU's gradient."""

import numpy as np


def mask_of_gradient(da, z):
    """Yours looks at the sign of da. Whether the gradient passes depends on z: on which side of the kink the unit is."""
    return da * (da > 0)


def slope_alone(da, z):
    """Yours is the slope of ReLU without da. The chain rule multiplies: dL/dz = dL/da · da/dz."""
    return (z > 0).astype(z.dtype)


def value_in_place_of_slope(da, z):
    """Yours multiplies by the value of ReLU. The chain rule needs its slope, which is 0 or 1."""
    return da * np.maximum(z, 0)


def not_multiplied(da, z):
    """Yours passes da on unchanged. Where z is negative, nothing passes."""
    return da.copy()
