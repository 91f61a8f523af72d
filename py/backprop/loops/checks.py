"""Self-test of compiled loops: calls of NumPy, to be compared with those of its own loops."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..randomness import seeded_generator

Result = tuple[str, NDArray[Any]]

# exp and tanh of float32 are approximated in another way; relative.
TOLERANCE = 5e-7
APPROXIMATED = frozenset({"exp of float32", "tanh of float32"})
SPECIAL = (0.0, -0.0, 1.0, np.inf, -np.inf, np.nan, 1e30, -200.0, 200.0)
# With and without edges of tiles; more rows and inner indices than are packed at a time.
SHAPES = ((3, 5, 9), (5, 1, 2), (0, 3, 4), (3, 0, 4), (8, 16, 16), (66, 3, 8), (5, 130, 9))
DRAWN = 2400  # numbers, of which every matrix takes the first ones
BINARY = (np.add, np.subtract, np.multiply, np.divide, np.minimum, np.maximum)
UNARY = (np.square, np.reciprocal, np.negative, np.sqrt, np.exp, np.tanh)


def results() -> list[Result]:
    """Compute all calls with the loops in force; return the name and the result of each."""
    with np.errstate(all="ignore"):
        return [result for dtype in (np.float32, np.float64) for result in _results_in(dtype)]


def first_difference(expected: Sequence[Result], found: Sequence[Result]) -> str:
    """Return the name of the first call whose results differ, or ""."""
    return next((name for (name, a), (_, b) in zip(expected, found, strict=True) if not _agree(name, a, b)), "")


def _results_in(dtype: Any) -> Iterator[Result]:
    name = np.dtype(dtype).name
    drawn = seeded_generator(0).standard_normal(DRAWN).astype(dtype)

    def draw(*shape: int) -> NDArray[Any]:
        return drawn[: math.prod(shape)].reshape(shape)

    for m, n, p in SHAPES:
        for a in (draw(m, n), draw(n, m).T):
            for b in (draw(n, p), draw(p, n).T, draw(n, 2 * p)[:, ::2]):
                out = np.zeros((p, m), dtype).T
                yield f"matmul of {name}", a @ b
                yield f"matmul of {name}", np.matmul(a, b, out=out)
    x, y = (
        np.concatenate([part, end]).astype(dtype)
        for part, end in ((4 * drawn[:150], SPECIAL), (drawn[9:159], SPECIAL[::-1]))
    )
    for binary in BINARY:
        pairs = ((x, y), (x, y[3]), (x[2], y), (x[::2], y[::2]), (x[:0], y[:0]), (x[1:], y[:-1]))
        calls = [binary(*pair) for pair in pairs]
        calls += [binary.reduce(part) for part in (x[:150], x[:5], x[:150:2], x)]
        calls += [binary.reduce(x[:150].reshape(15, 10), axis=axis) for axis in (0, 1)]
        calls += [binary.accumulate(x[:40]), binary(z := x.copy(), y, out=z)]
        yield from ((f"{binary.__name__} of {name}", call) for call in calls)
    for unary in UNARY:
        calls = [unary(x), unary(x[::3]), unary(x[:3]), unary(x[:0]), unary(z := x.copy(), out=z)]
        yield from ((f"{unary.__name__} of {name}", call) for call in calls)


def _agree(name: str, expected: NDArray[Any], found: NDArray[Any]) -> bool:
    if name not in APPROXIMATED:
        return bool(np.array_equal(expected, found, equal_nan=True))
    expected, found = expected.astype(np.float64), found.astype(np.float64)  # in float32 the loops themselves compute
    with np.errstate(all="ignore"):
        is_close = np.abs(found - expected) <= TOLERANCE * np.abs(expected)
        is_zero = np.abs(expected) < np.finfo(np.float32).tiny  # denormals count as 0
    is_same = (expected == found) | (np.isnan(expected) & np.isnan(found))
    return bool(np.all(is_close | is_zero | is_same))
