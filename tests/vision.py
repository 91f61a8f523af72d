"""How colours look to normal eyes and to those with each of the three deficiencies, as the tests compute it.

Deficiencies are simulated at full severity as Machado, Oliveira & Fernandes (2009) do: a matrix on linear-light RGB.
Differences are ΔE*ab (CIE 1976): the distance of two colours in L*a*b*.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

# Machado, Oliveira & Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", severity 1.0.
VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# Linear sRGB to CIE XYZ, white D65 (IEC 61966-2-1).
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(rgb: npt.NDArray[Any]) -> Floats:
    """Linear-light RGB from 0 to 1, of sRGB bytes (n, 3)."""
    c = rgb / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: npt.NDArray[Any], vision: str = "normal") -> Floats:
    """CIE L*a*b* of sRGB bytes (n, 3), as seen with the vision named."""
    seen = np.clip(linear(rgb) @ VISIONS[vision].T, 0, 1)
    t = (seen @ XYZ.T) / XYZ.sum(axis=1)
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def differences(rgb: npt.NDArray[Any], vision: str) -> Floats:
    """ΔE*ab of every two of some colours (n, 3), as (n, n); of a colour with itself: infinite."""
    seen = lab(rgb, vision)
    between: Floats = np.linalg.norm(seen[:, None] - seen[None], axis=2)
    np.fill_diagonal(between, np.inf)
    return between


def contrast(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Floats:
    """Contrast ratio of sRGB bytes (…, 3), from 1 to 21 (WCAG 2.2)."""
    one, other = linear(a) @ XYZ[1] + 0.05, linear(b) @ XYZ[1] + 0.05
    ratio: Floats = np.maximum(one, other) / np.minimum(one, other)
    return ratio
