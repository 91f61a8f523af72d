"""Formulas as one compiled loop, compared bit by bit with the formulas: inside Pyodide, with the loops in force."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from backprop.learner.package import ORIGINAL, load_package, unload_package
from backprop.loops.formulas import FORMULAS, MAX_ROWS, SLOPES, VALUES, Formulas
from backprop.loops.installed import LOOPS
from backprop.losses import LOSSES, one_hot
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun
from backprop.wire.explanation import explain_cell

Array = NDArray[Any]

in_browser = pytest.mark.skipif(sys.platform != "emscripten", reason="the loops are WebAssembly")
SPECIAL = (0, -0.0, np.inf, -np.inf, np.nan, 3e38, -3e38, 1e-38, -1e-38, 1e-30, 1e-45, 22, -22, 40, 87.7, 88.8, -746)
STRIDES = {"dense": 1, "every other": 2, "reversed": -1}
NAMES = sorted({*VALUES, "tanh"})


@pytest.fixture(autouse=True)
def formulas_in_force() -> Iterator[None]:
    """Begin and end each test with the loops in force, where there are any."""
    yield
    LOOPS.use(True)


def both(compute: Callable[[], object]) -> tuple[Any, Any]:
    """Compute by the formulas, and by their loops; both with the compiled loops of NumPy's ufuncs."""
    answers = []
    for FORMULAS.is_on in (False, True):
        with np.errstate(all="ignore"):
            answers.append(compute())
    return answers[0], answers[1]


def assert_bits(expected: Array, found: Array) -> None:
    """The same bits, signs of zeros too; NaN is NaN."""
    assert (expected.dtype, expected.shape) == (found.dtype, found.shape)
    np.testing.assert_array_equal(expected, found)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(expected[numbers]), np.signbit(found[numbers]))


@st.composite
def numbers(draw: st.DrawFn, size: int) -> Array:
    """Return float32 numbers of many sizes, some of them special, with any stride."""
    generator, step = np.random.default_rng(draw(st.integers(0, 999))), STRIDES[draw(st.sampled_from(sorted(STRIDES)))]
    whole = generator.standard_normal(2 * size) * 10.0 ** generator.integers(
        -6, draw(st.sampled_from([1, 4, 30])), 2 * size
    )
    special = generator.random(2 * size) < draw(st.sampled_from([0, 0.2]))
    whole = np.where(special, generator.choice(SPECIAL, 2 * size), whole).astype(np.float32)
    return whole[::step][:size]


@in_browser
@given(st.data(), st.integers(0, 40), st.sampled_from(NAMES))
def test_values_and_slopes_have_the_bits_of_their_formulas(data: st.DataObject, size: int, name: str) -> None:
    z = data.draw(numbers(size))
    value, slope = ACTIVATIONS[name]

    def compute() -> list[Array]:
        out, cache, slopes = (np.zeros(2 * size, np.float32)[::2] for _ in range(3))
        a = value(z, out=out, cache=cache)
        assert a is out
        assert slope(z, a, out=slopes, cache=cache) is slopes
        return [out, cache, slopes, value(z), slope(z, a), slope(z, a, cache=cache.copy())]

    for pair in zip(*both(compute), strict=True):
        assert_bits(*pair)


@in_browser
@given(st.data(), st.integers(1, 40), st.sampled_from(sorted(VALUES)), st.integers(1, 5))
def test_values_may_overwrite_their_input(data: st.DataObject, size: int, name: str, shift: int) -> None:
    z = data.draw(numbers(size)).copy()

    def in_place() -> Array:
        x = z.copy()
        return ACTIVATIONS[name].value(x, out=x)

    def shifted() -> Array:
        x = np.resize(z, size + shift)
        return ACTIVATIONS[name].value(x[:size].copy(), out=x[shift:])

    assert_bits(*both(in_place))
    assert_bits(*both(shifted))
    x = np.resize(z, size + shift)
    expected = ACTIVATIONS[name].value(x[:size].copy())
    assert_bits(expected, ACTIVATIONS[name].value(x[:size], out=x[shift:]))  # NumPy copies what overlaps


@in_browser
@given(st.data(), st.integers(1, 70), st.integers(1, 30), st.sampled_from(sorted(LOSSES)))
def test_losses_have_the_bits_of_their_formulas(data: st.DataObject, rows: int, columns: int, name: str) -> None:
    logits = np.resize(data.draw(numbers(rows * columns)), (rows, columns))
    generator = np.random.default_rng(0)
    indices = generator.integers(0, columns, rows)
    rest = generator.random((rows, columns)).astype(np.float32)
    orders: list[Callable[[Array], Array]] = [np.ascontiguousarray, np.asfortranarray, lambda x: x[::-1]]
    for order in orders:
        for targets in (indices, one_hot(indices, columns), rest / rest.sum(axis=1, keepdims=True), rest.T.copy().T):
            arrange = order(logits)
            (loss, gradient), (found, found_gradient) = both(lambda: LOSSES[name](arrange, targets))  # noqa: B023
            assert type(found) is float
            np.testing.assert_array_equal(loss, found)
            assert_bits(gradient, found_gradient)


@in_browser
@pytest.mark.parametrize("rows", [MAX_ROWS, MAX_ROWS + 1])
@pytest.mark.parametrize("name", sorted(LOSSES))
def test_losses_of_many_rows_have_the_bits_of_their_formulas(name: str, rows: int) -> None:
    logits = np.random.default_rng(0).standard_normal((rows, 3)).astype(np.float32)
    (loss, gradient), (found, found_gradient) = both(lambda: LOSSES[name](logits, np.zeros(rows, np.int64)))
    assert loss == found
    assert_bits(gradient, found_gradient)


@in_browser
@pytest.mark.parametrize("name", sorted(LOSSES))
def test_losses_refuse_what_their_formulas_refuse(name: str) -> None:
    logits = np.zeros((2, 3), np.float32)
    for targets in (np.zeros(3, np.int64), np.array([0, 3]), np.zeros((2, 2), np.float32)):
        with pytest.raises(ValueError, match=r"^targets must be class indices"):
            LOSSES[name](logits, targets)


@in_browser
def test_every_loop_of_a_formula_is_in_force_and_agrees() -> None:
    assert FORMULAS.is_on
    assert FORMULAS.names == {*VALUES, *SLOPES, *LOSSES}
    assert FORMULAS.first_difference() == ""
    assert FORMULAS.is_on


@in_browser
@pytest.mark.parametrize(("wrong", "name"), [("silu", "gelu"), ("mse", "cross_entropy")])
def test_a_loop_that_differs_from_its_formula_is_found(wrong: str, name: str) -> None:
    swapped, tables = Formulas(), (dict(ACTIVATIONS), dict(LOSSES))
    loops = {each: FORMULAS.ufuncs[wrong if each == name else each] for each in FORMULAS.names}
    try:
        swapped.install(loops)
        assert swapped.first_difference() == name
    finally:
        ACTIVATIONS.update(tables[0])
        LOSSES.update(tables[1])
    assert FORMULAS.first_difference() == ""


TRAINED: list[dict[str, Any]] = [
    {"model": {"activation": activation}, "trainer": {"loss_type": loss}}
    for activation, loss in [("gelu", "cross_entropy"), ("silu", "mse"), ("tanh", "cross_entropy"), ("sigmoid", "mse")]
]


@in_browser
@pytest.mark.parametrize("config", TRAINED)
def test_a_run_has_the_same_bits_with_formulas_and_with_their_loops(config: dict[str, Any]) -> None:
    def train() -> tuple[bytes, bytes]:
        run = TrainingRun(RunConfig.from_dict(config))
        return run.advance(60).tobytes(), run.model.parameters.tobytes()

    expected, found = both(train)
    assert expected == found


@in_browser
def test_explanations_say_which_formulas_ran_as_one_loop() -> None:
    run = TrainingRun(RunConfig.from_dict({}))
    run.advance(3)
    assert explain_cell(run, "layers/0/activations", 0, 0)["compiled"] == ["gelu"]
    assert explain_cell(run, "layers/0/weights", 0, 0)["compiled"] == []
    LOOPS.use(False)
    assert explain_cell(run, "layers/0/activations", 0, 0)["compiled"] == []
    run.advance(1)
    LOOPS.use(True)
    assert explain_cell(run, "layers/0/activations", 0, 0)["compiled"] == []
    wide = TrainingRun(RunConfig.from_dict({"model": {"dtype": "float64"}}))
    wide.advance(3)
    assert explain_cell(wide, "layers/0/activations", 0, 0)["compiled"] == []


def test_the_learners_code_runs_as_it_is_written() -> None:
    """A copy of the package, as it trains a run with edited files, has no loops, of edited files or of others."""
    name = "with_edits"
    source = (ORIGINAL / "losses.py").read_text("utf-8")
    load_package(name, {"losses.py": f"{source}\n"}, modules=("model",))
    try:
        activations, losses = (sys.modules[f"{name}.{each}"] for each in ("activations", "losses"))
        found = [*(each for pair in activations.ACTIVATIONS.values() for each in pair), *losses.LOSSES.values()]
        assert not any(hasattr(function, "__wrapped__") for function in found)
        assert losses.LOSSES["mse"] is losses.mse
    finally:
        unload_package(name)


def test_without_a_browser_the_formulas_run() -> None:
    run = TrainingRun()
    run.advance(1)
    if sys.platform != "emscripten":
        assert FORMULAS.names == frozenset()
        assert not hasattr(ACTIVATIONS["gelu"].value, "__wrapped__")
        assert explain_cell(run, "layers/0/activations", 0, 0)["compiled"] == []
