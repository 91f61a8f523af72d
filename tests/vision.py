"""How colours look to normal eyes and to those with each of the three deficiencies, as the tests compute it.

Deficiencies are simulated at full severity as Machado, Oliveira & Fernandes (2009) do: a matrix on linear-light RGB.
Differences are ΔE*ab (CIE 1976), the distance of two colours in L*a*b*, or CIEDE2000.
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


def ciede2000(one: Floats, other: Floats) -> Floats:
    """CIEDE2000 of colours in L*a*b*, (…, 3) each, with unit weights.

    Sharma, Wu & Dalal (2005), "The CIEDE2000 Color-Difference Formula: Implementation Notes, Supplementary Test Data,
    and Mathematical Observations", eq. 2 to 22.
    """
    far = 25.0**7
    chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + far))  # of a: 1 + G
    (c1, h1), (c2, h2) = (_polar(lab[..., 1] * stretch, lab[..., 2]) for lab in (one, other))
    is_grey = c1 * c2 == 0
    turn = np.where(is_grey, 0, (h2 - h1 + 180) % 360 - 180)
    # The formula leaves 180 as it is; the remainder above makes it -180.
    turn = np.where(~is_grey & (h2 - h1 == 180), 180, turn)
    lightness, c = (one[..., 0] + other[..., 0]) / 2, (c1 + c2) / 2
    total = h1 + h2
    across = np.where(total < 360, total + 360, total - 360) / 2
    h = np.where(is_grey, total, np.where(np.abs(h1 - h2) <= 180, total / 2, across))
    d_lightness, d_chroma = other[..., 0] - one[..., 0], c2 - c1
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    waves = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    t = 1 + sum(size * np.cos(np.radians(times * h + phase)) for size, times, phase in waves)
    s_lightness = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * c, 1 + 0.015 * c * t
    rotation = -2 * np.sqrt(c**7 / (c**7 + far)) * np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))
    dl, dc, dh = d_lightness / s_lightness, d_chroma / s_chroma, d_hue / s_hue
    result: Floats = np.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh)
    return result


def _polar(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Chroma, and hue in degrees from 0 to 360."""
    return np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def contrast(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Floats:
    """Contrast ratio of sRGB bytes (…, 3), from 1 to 21 (WCAG 2.2)."""
    one, other = linear(a) @ XYZ[1] + 0.05, linear(b) @ XYZ[1] + 0.05
    ratio: Floats = np.maximum(one, other) / np.minimum(one, other)
    return ratio
