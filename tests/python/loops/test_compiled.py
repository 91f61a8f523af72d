"""The compiled loops, compared with NumPy's own: inside Pyodide, where the suite runs with them in force."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.loops.checks import BINARY, TOLERANCE, UNARY
from backprop.loops.installed import LOOPS, PLAIN, SIMD

pytestmark = pytest.mark.skipif(sys.platform != "emscripten", reason="the loops are WebAssembly")

Array = NDArray[Any]

TINY = np.finfo(np.float32).tiny
SPECIAL = np.array([0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 3e38, -3e38, 1e-30, 88.5, -87, -104, 0.1])
DTYPES = st.sampled_from(["float32", "float64"])
EXACT = [each for each in UNARY if each not in (np.exp, np.tanh)]


@pytest.fixture(autouse=True)
def loops_in_force() -> Iterator[None]:
    """Begin and end each test with the compiled loops."""
    assert LOOPS.name == SIMD
    yield
    LOOPS.use(True)


def both(compute: Callable[[], Array]) -> tuple[Array, Array]:
    """Compute with NumPy's own loops, and with the compiled ones."""
    answers = []
    for on in (False, True):
        LOOPS.use(on)
        with np.errstate(all="ignore"):
            answers.append(np.asarray(compute()))
    return answers[0], answers[1]


def assert_same(plain: Array, found: Array, *, signs: bool = True) -> None:
    """The same bits, but for denormals of float32, which are 0; NaN is NaN; -0 is 0 without `signs`."""
    assert (plain.dtype, plain.shape) == (found.dtype, found.shape)
    is_float32 = plain.dtype == np.float32
    expected, found = (np.where(np.abs(each) < TINY, each * 0, each) if is_float32 else each for each in (plain, found))
    np.testing.assert_array_equal(expected, found)
    if signs:
        numbers = ~np.isnan(expected)
        np.testing.assert_array_equal(np.signbit(expected[numbers]), np.signbit(found[numbers]))


@st.composite
def matrices(draw: st.DrawFn, rows: int, columns: int, dtype: str) -> Array:
    """Return a matrix with any strides: transposed, a part of a larger one, reversed, broadcast."""
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    whole = generator.standard_normal((2 * rows + 1, 2 * columns + 1)).astype(dtype)
    ways: dict[str, Callable[[], Array]] = {
        "plain": whole[:rows, :columns].copy,
        "transposed": lambda: np.ascontiguousarray(whole[:rows, :columns].T).T,
        "part": lambda: whole[1 : rows + 1, 1 : columns + 1],
        "every other": lambda: whole[: 2 * rows : 2, : 2 * columns : 2],
        "reversed": lambda: whole[:rows, :columns][::-1, ::-1],
        "one row": lambda: np.broadcast_to(whole[0, :columns], (rows, columns)),
        "special": lambda: generator.choice(SPECIAL, (rows, columns)).astype(dtype),
    }
    return ways[draw(st.sampled_from(sorted(ways)))]()


SIZE = st.one_of(st.integers(0, 20), st.sampled_from([64, 65, 128, 131]))


@given(st.data(), SIZE, SIZE, SIZE, DTYPES)
def test_matmul_has_the_bits_of_numpys_own(data: st.DataObject, m: int, n: int, p: int, dtype: str) -> None:
    a, b = data.draw(matrices(m, n, dtype)), data.draw(matrices(n, p, dtype))
    assert_same(*both(lambda: a @ b))
    outs = [np.zeros((m, p), dtype), np.zeros((p, m), dtype).T, np.zeros((m, 3 * p), dtype)[:, ::3]]
    for out in outs:
        assert_same(*both(lambda out=out: np.matmul(a, b, out=out).copy()))  # type: ignore[misc]


def test_stacks_of_matrices_and_vectors_are_multiplied() -> None:
    stack, other = (np.random.default_rng(0).standard_normal(shape).astype("f") for shape in ((3, 4, 5), (5, 6)))
    assert_same(*both(lambda: stack @ other))
    assert_same(*both(lambda: stack @ other[:, 0]))
    assert_same(*both(lambda: stack[0, 0] @ other))


def test_a_product_may_overwrite_its_factor() -> None:
    square = np.random.default_rng(0).standard_normal((17, 17)).astype("f")

    def multiply_in_place() -> Array:
        a = square.copy()
        return np.matmul(a, a.T, out=a)

    assert_same(*both(multiply_in_place))


@st.composite
def vectors(draw: st.DrawFn, size: int, dtype: str) -> Array:
    """Return numbers, some of them special, with any stride."""
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    step = draw(st.sampled_from([1, 1, 2, -1]))
    whole = generator.standard_normal(2 * size) * 10.0 ** generator.integers(-3, 4, 2 * size)
    special = generator.random(2 * size) < draw(st.sampled_from([0, 0.2]))
    whole = np.where(special, generator.choice(SPECIAL, 2 * size), whole).astype(dtype)
    return whole[::step][:size]


@given(st.data(), st.integers(0, 70), DTYPES, st.sampled_from(BINARY))
def test_binary_loops_have_the_bits_of_numpys_own(
    data: st.DataObject, size: int, dtype: str, operation: np.ufunc
) -> None:
    x, y = data.draw(vectors(size, dtype)), data.draw(vectors(size, dtype))
    assert_same(*both(lambda: operation(x, y)))
    assert_same(*both(lambda: operation(x, y[:1])))
    assert_same(*both(lambda: operation(x[:1], y)))
    assert_same(*both(lambda: operation(z := x.copy(), y, out=z)))
    assert_same(*both(lambda: operation(z := x.copy(), z, out=z)))


@given(st.data(), st.integers(1, 70), DTYPES, st.sampled_from(BINARY), st.integers(1, 9))
def test_overlapping_outputs_are_those_of_numpys_own(
    data: st.DataObject, size: int, dtype: str, operation: np.ufunc, shift: int
) -> None:
    x = data.draw(vectors(size + shift, dtype)).copy()
    for source, target in ((slice(shift, None), slice(size)), (slice(size), slice(shift, None))):

        def shifted(source: slice = source, target: slice = target) -> Array:
            z = x.copy()
            operation(z[source], z[target], out=z[target])
            np.negative(z[source], out=z[target])
            return z

        assert_same(*both(shifted))
    assert_same(*both(lambda: operation.accumulate(x)))


@given(st.data(), st.integers(1, 400), DTYPES, st.sampled_from(BINARY))
def test_reductions_have_the_bits_of_numpys_own(
    data: st.DataObject, size: int, dtype: str, operation: np.ufunc
) -> None:
    x = data.draw(vectors(size, dtype))
    rows = np.resize(x, (size // 7 + 1, 7))
    signs = operation not in (np.minimum, np.maximum)  # of 0 and -0 either may come first
    assert_same(*both(lambda: operation.reduce(x)), signs=signs)
    assert_same(*both(lambda: operation.reduceat(x, [0, size // 2, size // 3])), signs=signs)
    assert_same(*both(lambda: operation.reduce(rows, axis=0)), signs=signs)
    assert_same(*both(lambda: operation.reduce(rows, axis=1)), signs=signs)


@given(st.data(), st.integers(0, 70), DTYPES, st.sampled_from(EXACT))
def test_unary_loops_have_the_bits_of_numpys_own(
    data: st.DataObject, size: int, dtype: str, operation: np.ufunc
) -> None:
    x = data.draw(vectors(size, dtype))
    assert_same(*both(lambda: operation(x)))
    assert_same(*both(lambda: operation(z := x.copy(), out=z)))


@pytest.mark.parametrize("operation", [np.exp, np.tanh])
def test_exp_and_tanh_are_close_and_right_at_the_ends(operation: np.ufunc) -> None:
    x = np.concatenate([np.linspace(-110, 110, 20_001), SPECIAL]).astype("float32")
    plain, found = (each.astype("float64") for each in both(lambda: operation(x)))
    with np.errstate(all="ignore"):
        is_close = np.abs(plain - found) <= TOLERANCE * np.abs(plain)
    same = (plain == found) | (np.isnan(plain) & np.isnan(found)) | (np.abs(plain) < TINY)
    assert np.all(is_close | same)
    assert_same(*both(lambda: operation(x.astype("float64"))))


def test_denormals_of_float32_are_flushed_to_zero() -> None:
    one, tiny = np.ones(9, "float32"), np.full(9, 1e-30, "float32")
    for zero in (tiny * tiny, np.square(tiny), tiny / np.float32(1e30), np.reciprocal(one * np.float32(2e38))):
        assert zero.tolist() == [0] * 9
    assert np.signbit(-tiny * tiny).all()
    small, weights = np.full((5, 40), 1e-39, "float32"), np.ones((40, 7), "float32")
    assert not (small @ weights).any()
    assert (np.full((5, 40), 1e-30, "float32") @ weights).all()  # small, but no denormal


def test_a_product_with_small_numbers_loses_nothing_but_what_is_below_them() -> None:
    generator = np.random.default_rng(0)
    a = (generator.standard_normal((9, 40)) * 10.0 ** generator.integers(-37, 3, (9, 40))).astype("float32")
    b = (generator.standard_normal((40, 11)) * 10.0 ** generator.integers(-37, 3, (40, 11))).astype("float32")
    plain, found = both(lambda: a @ b)
    np.testing.assert_allclose(found, plain, rtol=1e-6, atol=40 * 2.0**-112)
    a[3, 5], b[5, 2] = np.nan, np.inf
    plain, found = both(lambda: a @ b)
    assert np.isnan(plain[3]).all()
    np.testing.assert_allclose(found, plain, rtol=1e-6, atol=40 * 2.0**-112)


def test_a_loop_that_differs_is_not_installed() -> None:
    addresses = {f"{ufunc}_f{8 * np.dtype(kind).itemsize}": at for (ufunc, kind), at in LOOPS.simd.items()}
    other = type(LOOPS)()
    LOOPS.use(False)
    other.install({**addresses, "add_f32": addresses["subtract_f32"]})
    assert (other.name, other.reason) == (PLAIN, "add of float32 differs from NumPy's own")
    other.use(True)  # changes nothing
    assert other.name == PLAIN
    assert (np.ones(4, "float32") + np.ones(4, "float32")).tolist() == [2] * 4
