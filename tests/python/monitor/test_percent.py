"""A share in words: rounded, but few is not 0% and nearly all is not 100%."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.monitor.percent import percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *((0.0, "0%"), (1.0, "100%"), (0.975, "97.5%"), (0.5, "50%"), (None, "–")),
        *((1999 / 2000, "99.95%"), (1 / 3000, "0.03%"), (1 - 1e-7, "99.99999%")),
        *((1e-300, "under 0.000001%"), (1 - 1e-16, "over 99.999999%")),
        *((0.0145, "1.5%"), (0.0155, "1.6%"), (0.0625, "6.3%"), (0.1825, "18.3%"), (0.9995, "99.95%")),
    ],
)
def test_words(share: float | None, text: str) -> None:
    assert percent(share) == text


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 2))
def test_only_none_is_0_and_only_all_is_100_percent(some: int, of: int, digits: int) -> None:
    share, text = min(some, of) / of, percent(min(some, of) / of, digits)
    assert (text == "0%") == (some == 0)
    assert (text == "100%") == (some >= of)
    number = Fraction(text.rstrip("%"))
    places = len(text.rstrip("%").partition(".")[2])
    assert abs(number - 100 * Fraction(repr(share))) <= Fraction(1, 2 * 10 ** max(digits, places))
