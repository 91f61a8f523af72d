"""Distributions: histograms and quantiles against NumPy's own, and the earlier ones that are kept of a tensor."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backprop.monitor.histograms import BINS, MAX_WATCHED, QUANTILES, distribution
from backprop.session import Session
from tests.python.records import record_of

NUMBERS = st.one_of(
    st.floats(), st.floats(-1, 1), st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf, 1.7e308, -1.7e308, 5e-324])
)


@given(arrays(np.float64, st.integers(1, 200), elements=st.integers(-(10**6), 10**6).map(lambda n: n / 1000)))
def test_it_is_the_histogram_and_the_quantiles_of_numpy(values: Any) -> None:
    before = values.tobytes()
    found = distribution(values)
    counts, edges = np.histogram(values, BINS)
    assert np.array_equal(found.counts, counts)
    assert (found.size, found.finite) == (values.size, values.size)
    np.testing.assert_allclose([found.low, found.high], edges[[0, -1]], rtol=1e-12)
    np.testing.assert_allclose(found.quantiles, np.quantile(values, QUANTILES), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(found.mean, values.mean(), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(found.std, values.std(), rtol=1e-12, atol=1e-9)
    assert values.tobytes() == before


@given(st.lists(NUMBERS, max_size=50))
def test_of_any_numbers_the_finite_ones_are_all_counted(numbers: list[float]) -> None:
    values = np.array(numbers, np.float64)
    finite = values[np.isfinite(values)]
    found = distribution(values)
    assert (found.size, found.finite, found.counts.sum()) == (values.size, finite.size, finite.size)
    if finite.size:
        assert found.low <= found.high
        assert found.quantiles[0] == pytest.approx(finite.min(), rel=1e-12)
        assert found.quantiles[-1] == pytest.approx(finite.max(), rel=1e-12)
        assert (np.diff(found.quantiles) >= 0).all()
    else:
        assert np.isnan([found.mean, found.std, *found.quantiles]).all()


def test_equal_numbers_have_half_a_unit_around_them() -> None:
    found = distribution(np.full((2, 3), 4.0))
    assert (found.low, found.high, found.std, found.counts.max()) == (3.5, 4.5, 0, 6)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=20), st.integers(-300, 300))
def test_the_deviation_is_that_of_numbers_of_any_size(numbers: list[float], exponent: int) -> None:
    values = np.array(numbers) * 10.0**exponent
    wide = values.astype(np.longdouble) if np.finfo(np.longdouble).max > 1e308 else values / 10.0**exponent
    scale = 1.0 if wide.dtype == np.longdouble else 10.0**exponent
    found, exact = distribution(values), float(wide.std()) * scale
    assert found.std == pytest.approx(exact, rel=1e-9, abs=1e-15 * np.abs(values).max() + 1e-320)


def test_the_ends_around_the_largest_number_are_numbers() -> None:
    most = float(np.finfo(np.float64).max)
    for sign in (1, -1):
        found = distribution(np.full(3, sign * most))
        assert np.isfinite([found.low, found.high]).all()
        assert found.low < found.high


@pytest.fixture
def session() -> Session:
    return Session()


def active(session: Session) -> str:
    return next(run["id"] for run in session.runs() if run["active"])


@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_every_tensor_of_a_frame_has_one(session: Session, encoding: str) -> None:
    session.create_run(config={"dataset": {"encoding": encoding}, "model": {"dtype": "float64"}})
    session.advance(id=active(session), steps=30)
    state = session.state()
    for tensor in state["forward"]["tensors"] + state["backward"]["tensors"]:
        found = session.distributions(tensor=tensor["name"])
        assert found["now"]["size"] == tensor["data"].size
        np.testing.assert_allclose(found["now"]["mean"], tensor["data"].mean(dtype=float), rtol=1e-5, atol=1e-7)


def test_values_are_those_of_the_models_own_numbers(session: Session) -> None:
    session.create_run(config={"model": {"dtype": "float64"}})
    session.advance(id=active(session), steps=30)
    record = record_of(session, active(session))
    weights = record["parameters"][: 16 * 32]
    found = session.distributions(tensor="layers/0/weights")
    np.testing.assert_allclose(found["now"]["quantiles"], np.quantile(weights, QUANTILES), rtol=1e-12)
    assert np.array_equal(found["now"]["counts"], np.histogram(weights, BINS)[0])


def test_earlier_ones_are_kept_from_the_first_question_on(session: Session) -> None:
    run_id = active(session)
    session.advance(id=run_id, steps=10)
    assert session.distributions(tensor="layers/0/weights")["past"]["steps"].size == 0
    seen = []
    for _ in range(5):
        session.advance(id=run_id, steps=1)
        seen.append(session.distributions(tensor="layers/0/weights")["now"])
    past = session.distributions(tensor="layers/0/weights")["past"]
    assert past["steps"].tolist() == [11, 12, 13, 14, 15]
    assert np.array_equal(past["counts"].reshape(-1, BINS), [now["counts"] for now in seen])
    assert np.array_equal(past["quantiles"].reshape(-1, len(QUANTILES)), [now["quantiles"] for now in seen])
    assert past["low"].tolist() == [now["low"] for now in seen]
    assert past["finite"].tolist() == [512] * 5


def test_they_stand_where_the_flow_stands_and_thin_out_with_it(session: Session) -> None:
    run_id = active(session)
    session.distributions(tensor="layers/1/grad_biases")
    session.advance(id=run_id, steps=700)
    flow, past = session.gradient_flow(), session.distributions(tensor="layers/1/grad_biases")["past"]
    assert past["steps"].tolist() == flow["steps"].tolist()


def test_only_the_last_tensors_that_were_asked_about_are_watched(session: Session) -> None:
    run_id = active(session)
    names = [f"layers/{k}/{kind}" for k in range(2) for kind in ("weights", "biases", "grad_weights")]
    for name in names:
        session.distributions(tensor=name)
    session.advance(id=run_id, steps=3)
    kept = [name for name in reversed(names) if session.distributions(tensor=name)["past"]["steps"].size]
    assert kept == names[: -MAX_WATCHED - 1 : -1]


def test_a_reset_forgets_them_and_training_does_not_depend_on_them(session: Session) -> None:
    watched = active(session)
    session.create_run()
    unwatched = active(session)
    session.activate_run(id=watched)
    session.distributions(tensor="layers/0/weights")
    for run_id in (watched, unwatched):
        session.advance(id=run_id, steps=150)
    one, other = (record_of(session, run_id)["parameters"].tobytes() for run_id in (watched, unwatched))
    assert one == other
    assert session.distributions(tensor="layers/0/weights")["since"] == 0
    assert session.distributions(tensor="layers/1/weights")["since"] == 150
    session.reset_run(id=watched)
    assert session.distributions(tensor="layers/0/weights")["past"]["steps"].size == 0


def test_what_an_optimizer_remembers_is_watched_while_it_is_there(session: Session) -> None:
    session.trainer_config(optimizer="adam")
    name = session.state()["optimizer"]["tensors"][0]["name"]
    session.distributions(tensor=name)
    session.advance(id=active(session), steps=4)
    assert session.distributions(tensor=name)["past"]["steps"].tolist() == [1, 2, 3, 4]
    session.trainer_config(optimizer="sgd")
    session.advance(id=active(session), steps=4)
    with pytest.raises(ValueError, match=r"^tensor must be one of"):
        session.distributions(tensor=name)


@pytest.mark.parametrize("tensor", ["", "layers/9/weights", None, 3, "layers/2/activations", "x" * 1000])
def test_what_is_no_tensor_is_refused(session: Session, tensor: Any) -> None:
    with pytest.raises(ValueError, match=r"^tensor must be one of inputs, layers/0/weights"):
        session.distributions(tensor=tensor)
