"""The exact quantile scale against NumPy's quantiles of the finite numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.monitor.quantiles import SAMPLE, Scale, quantile_scale

QUANTILES = [0, 0.25, 0.5, 0.75, 1]
NUMBERS = st.one_of(st.floats(width=32), st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf]))


@given(st.lists(NUMBERS, max_size=60))
def test_the_scale_is_exact_over_the_finite_numbers(numbers: list[float]) -> None:
    values = np.array(numbers, np.float32)
    before, finite = values.tobytes(), values[np.isfinite(values)].astype(np.float64)
    expected = np.quantile(finite, QUANTILES) if finite.size else np.zeros(5)
    *found, magnitude_p25, not_finite = quantile_scale(values).values()
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)
    magnitudes = np.abs(finite[finite != 0])
    assert magnitude_p25 == pytest.approx(np.quantile(magnitudes, 0.25) if magnitudes.size else 0, rel=1e-6)
    assert not_finite == len(numbers) - finite.size
    assert values.tobytes() == before


@pytest.mark.parametrize("size", [1000, 1001, 1002, 1003, 60_001])
def test_large_columns_too(size: int) -> None:
    values = np.random.default_rng(0).normal(size=size).round(2)  # with many numbers that are equal
    np.testing.assert_allclose(
        [*quantile_scale(values).values()][:5], np.quantile(values, QUANTILES), rtol=1e-12, atol=1e-15
    )


def test_matrices_count_as_all_their_numbers() -> None:
    assert quantile_scale(np.arange(5.0).reshape(5, 1)) == Scale(
        min=0, p25=1, p50=2, p75=3, max=4, magnitude_p25=1.75, not_finite=0
    )


def test_a_sample_keeps_ends_and_count_exact_and_quartiles_near() -> None:
    values = np.random.default_rng(1).normal(size=(500, 256)).astype(np.float32)
    values[3, 7], values[400, 2], values[499, 255] = np.nan, 50, -40
    sampled, exact = quantile_scale(values, sample=SAMPLE), quantile_scale(values)
    for scale in (sampled, exact):
        assert (scale["min"], scale["max"], scale["not_finite"]) == (-40, 50, 1)
    np.testing.assert_allclose([*sampled.values()][1:4], [*exact.values()][1:4], atol=0.08)
    assert sampled["magnitude_p25"] == pytest.approx(exact["magnitude_p25"], rel=0.1)
    assert quantile_scale(values, sample=SAMPLE) == sampled
    assert quantile_scale(values[:16], sample=SAMPLE) == quantile_scale(values[:16])
