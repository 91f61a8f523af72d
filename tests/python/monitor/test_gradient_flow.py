"""Gradient flow: every number against a recomputation that shares no code with it, and what is kept of the steps."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.explain.cell import explain
from backprop.explain.last_pass import Pass
from backprop.model import Model
from backprop.monitor.flow import MAX_MOMENTS, PROBE, RANGES, Flow, moments_at, steps_of
from backprop.monitor.gradient_flow import COSINE, QUANTITIES, measure, near_zero
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.session import Session
from tests.blackboard import ACTIVATIONS, LOSSES, copy_of

UPDATE_RATIO = QUANTITIES.index("update_ratio")
# The largest |f'(z)| of each, to six digits.
STEEPEST = {
    "gelu": 1.128993,
    "gelu_exact": 1.128904,
    "relu": 1,
    "tanh": 1,
    "sigmoid": 0.25,
    "silu": 1.099839,
    "identity": 1,
}
CONFIGS: list[dict[str, Any]] = [
    {},
    {"model": {"activation": "relu", "hidden_dims": [7, 5, 3]}, "trainer": {"learning_rate": 1}},
    {"model": {"activation": "sigmoid"}, "dataset": {"encoding": "embedding", "embedding_dim": 3, "num_samples": 130}},
    {"model": {"activation": "tanh"}, "trainer": {"loss_type": "mse", "learning_rate": 8}},
    {"model": {"hidden_dims": []}},
    {"model": {"hidden_dims": [4, 1], "initialization": "zeros", "activation": "sigmoid"}},
]


def make(config: dict[str, Any] | None = None, dtype: str = "float64") -> TrainingRun:
    config = config or {}
    return TrainingRun(RunConfig.from_dict({**config, "model": {**config.get("model", {}), "dtype": dtype}}))


def recomputed(run: TrainingRun, old: Any, last_grads: list[Any] | None) -> tuple[list[list[float]], list[Any]]:
    """What the last step of `run` was, from the network on the blackboard as it was before that step."""
    batch = run.trainer.batch
    logits = old.forward(run.dataset.inputs[batch])
    old.backward(LOSSES[run.config.trainer.loss_type](logits, run.dataset.targets[batch])[1])
    new = copy_of(run.model)
    new.forward(run.dataset.inputs[:PROBE])
    before, now, grads = list(old.W), list(new.W), list(old.grad_W)
    if old.table is not None:
        before, now, grads = [old.table, *before], [new.table, *now], [old.grad_table, *grads]
    hidden = range(len(now) - len(new.W), len(now) - 1)
    rows = []
    for k, (W0, W, g) in enumerate(zip(before, now, grads, strict=True)):
        flat = dead = np.nan
        if k in hidden:
            slope = ACTIVATIONS[run.model.activation][1](new.z[k - hidden.start])
            is_flat = abs(slope) < 0.01 * STEEPEST[run.model.activation]
            flat, dead = is_flat.mean(), is_flat.all(axis=0).mean()
        cosine = np.nan
        if last_grads is not None:
            cosine = np.sum((g / norm(g)) * (last_grads[k] / norm(last_grads[k])))
        same = np.nan
        if k < len(now) - 1 and W.shape[1] > 1:
            same = float(np.ptp(W, axis=1).max() == 0 and np.ptp(run_grads(run, k), axis=1).max() == 0)
        rows.append(
            [
                norm(g),
                norm(W),
                norm(W - W0) / norm(W0),
                flat,
                dead,
                cosine,
                same,
            ]
        )
    return rows, grads


def norm(values: Any) -> float:
    """‖values‖, also where their squares are too small or too large for a float."""
    return np.float64(math.hypot(*values.ravel().tolist()))


def run_grads(run: TrainingRun, k: int) -> Any:
    """Whether numbers are equal to the last bit, only the very numbers can tell."""
    return [values for name, values in run.model.named_gradients().items() if name.endswith("weights")][k]


@pytest.mark.filterwarnings("ignore:(invalid value|divide by zero)")  # zeros divided by zeros
@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_every_number_equals_a_separate_recomputation(config: dict[str, Any]) -> None:
    run, grads = make(config), None
    for step in range(1, 31):
        old = copy_of(run.model)
        run.advance(1)
        expected, grads = recomputed(run, old, grads)
        np.testing.assert_allclose(run.flow.values[step - 1], expected, rtol=1e-12, atol=1e-13, equal_nan=True)
    assert run.flow.steps.tolist() == list(range(1, 31))
    assert np.array_equal(run.flow_now(), run.flow.values[-1], equal_nan=True)


@pytest.mark.parametrize("activation", STEEPEST)
def test_near_zero_is_one_percent_of_the_steepest_slope(activation: str) -> None:
    assert near_zero(activation) == pytest.approx(0.01 * STEEPEST[activation], rel=1e-5)


def test_float32_differs_by_rounding_only() -> None:
    one, other = make(), make(dtype="float32")
    one.advance(20)
    other.advance(20)
    np.testing.assert_allclose(one.flow.values[:, :, :3], other.flow.values[:, :, :3], rtol=1e-3)


@pytest.mark.parametrize("size", [1e-200, 1e-310, 1e200])
def test_sizes_whose_squares_no_number_can_hold(size: float) -> None:
    run = make()
    usual = measure(run.model, run.flow.probe, previous=run.model.gradients)
    run.model.gradients *= size
    tiny = measure(run.model, run.flow.probe, previous=run.model.gradients)
    np.testing.assert_allclose(tiny[:, 0], usual[:, 0] * size, rtol=1e-12 if size > 1e-300 else 1e-9)
    np.testing.assert_allclose(tiny[:, COSINE], 1, rtol=1e-12)


# ---- Over time ----


@settings(max_examples=settings().max_examples // 4)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_slices_of_any_size_come_to_the_same(parts: list[int]) -> None:
    one, other = make({"model": {"hidden_dims": [3]}}), make({"model": {"hidden_dims": [3]}})
    for steps in parts:
        one.advance(steps)
        one.show("sample")  # what is only looked at leaves no trace
    other.advance(sum(parts))
    assert np.array_equal(one.flow.values, other.flow.values, equal_nan=True)
    assert one.flow.stride == other.flow.stride


def test_every_step_at_first_and_ever_fewer_later() -> None:
    run = make({"model": {"hidden_dims": [2]}})
    for step in range(1, 600):
        run.advance(1)
        flow = run.flow
        assert len(flow.values) == len(flow.steps) == moments_at(step, flow.stride) < MAX_MOMENTS
        assert flow.steps[0] == 1
        assert flow.steps[-1] == step - step % flow.stride or step < 2
        assert (flow.previous is not None) == ((step + 1) % flow.stride == 0)
        if flow.stride > 1:
            assert len(flow.values) >= MAX_MOMENTS // 2
            assert np.array_equal(flow.steps[1:], np.arange(1, len(flow.values)) * flow.stride)
    assert run.flow.stride == 16
    # Every cosine is with the step just before, however far apart the moments are.
    assert np.isfinite(run.flow.values[1:, :, COSINE]).all()


def test_a_moment_does_not_depend_on_the_stride() -> None:
    often, seldom = make(), make()
    often.flow.steps_left = lambda _: 1  # type: ignore[method-assign]
    kept = {}
    for step in range(1, 301):
        often.advance(1)
        kept[step] = often.flow.values[-1]
    seldom.advance(300)
    for step, moment in zip(seldom.flow.steps.tolist(), seldom.flow.values, strict=True):
        assert np.array_equal(moment, kept[step], equal_nan=True)


def test_steps_and_their_number_agree() -> None:
    for stride in (1, 2, 8):
        for step in range(40):
            assert steps_of(moments_at(step, stride), stride).tolist() == sorted(
                {1, *range(stride, step + 1, stride)} if step else set()
            )


def test_a_reset_forgets_it() -> None:
    run = make()
    run.advance(20)
    run.reset()
    assert (len(run.flow.values), run.flow.previous) == (0, None)


@pytest.mark.parametrize("steps", [1, 2, 25, 63, 64, 65, 127, 300])
def test_it_comes_back_with_the_record_and_goes_on_to_the_last_bit(steps: int) -> None:
    run = make({"model": {"hidden_dims": [3]}}, "float32")
    run.advance(steps)
    run.show("sample")
    again = from_record(to_record(run))
    for each in (run, again):
        each.advance(40)
    assert np.array_equal(run.flow.values, again.flow.values, equal_nan=True)
    assert run.flow.stride == again.flow.stride


@pytest.mark.slow
def test_all_numbers_are_in_their_ranges_even_of_a_diverged_run() -> None:
    lows, highs = np.array(RANGES).T
    for config in (
        *CONFIGS,
        {"model": {"activation": "identity"}, "trainer": {"learning_rate": 50, "loss_type": "mse"}},
    ):
        run = make(config, "float32")
        run.advance(400)
        assert not ((run.flow.values < lows) | (run.flow.values > highs)).any()
        from_record(to_record(run))


def test_measuring_changes_nothing() -> None:
    watched, unwatched = make(dtype="float32"), make(dtype="float32")
    unwatched.flow.record = lambda *_: False  # type: ignore[method-assign]
    watched.advance(300)
    unwatched.advance(300)
    assert watched.model.parameters.tobytes() == unwatched.model.parameters.tobytes()
    assert watched.model.gradients.tobytes() == unwatched.model.gradients.tobytes()


# ---- The call ----


def test_the_answer() -> None:
    session = Session()
    session.create_run(config={"dataset": {"encoding": "embedding", "num_samples": 30}, "model": {"hidden_dims": [5]}})
    run_id = session.runs()[-1]["id"]
    before = session.gradient_flow()
    assert (before["mode"], before["steps"].size, before["probe"]) == ("visualize", 0, 30)
    assert np.isnan(before["now"].reshape(3, -1)[:, UPDATE_RATIO]).all()
    session.advance(id=run_id, steps=12)
    flow = session.gradient_flow(id=run_id)
    assert flow["layers"] == ["embedding", "layers/0", "layers/1"]
    assert flow["quantities"] == list(QUANTITIES)
    assert flow["steps"].tolist() == list(range(1, 13))
    assert flow["values"].size == 12 * 3 * len(QUANTITIES)
    assert np.array_equal(flow["now"], flow["values"][-flow["now"].size :], equal_nan=True)
    assert flow["warnings"] == []
    short = session.gradient_flow(id=run_id, series=False)
    assert (short["values"].size, short["steps"].size) == (0, 0)
    assert np.array_equal(short["now"], flow["now"], equal_nan=True)
    other = session.gradient_flow(id=session.runs()[0]["id"])
    assert (other["run_id"], other["step"]) == (session.runs()[0]["id"], 0)


def test_the_update_is_only_told_of_a_pass_that_led_to_one() -> None:
    session = Session()
    session.train_batch()
    assert np.isfinite(session.gradient_flow()["now"].reshape(3, -1)[:, UPDATE_RATIO]).all()
    session.train_batch(update=False)
    assert np.isnan(session.gradient_flow()["now"].reshape(3, -1)[:, UPDATE_RATIO]).all()


def test_the_cosine_of_now_is_of_now_or_not_told() -> None:
    """The gradient of the step before is kept only for steps that are measured: of stride 16, for every 16th."""
    run, always = make({"model": {"hidden_dims": [2]}}), make({"model": {"hidden_dims": [2]}})
    always.flow.steps_left = lambda _: 1  # type: ignore[method-assign]
    run.advance(600)
    always.advance(600)
    assert run.flow.stride == 16
    told = []
    for step in range(601, 641):
        previous = always.model.gradients.copy()
        run.advance(1)
        always.advance(1)
        true = measure(always.model, always.flow.probe, previous=previous)[:, COSINE]
        now = run.flow_now()[:, COSINE]
        if np.isnan(now).all():
            continue
        told.append(step)
        assert np.array_equal(now, true)
    assert told == [608, 624, 640]
    run.show("batch")
    assert np.isnan(run.flow_now()[:, COSINE]).all()


@pytest.mark.parametrize(
    ("params", "message"), [({"id": "x"}, "^id"), ({"series": 1}, "^series must be true or false")]
)
def test_what_is_refused(params: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Session().gradient_flow(**params)


def test_a_flow_is_of_its_model_and_its_first_samples() -> None:
    run = make({"dataset": {"num_samples": 250}})
    assert Flow(run.model, run.dataset.inputs).probe.shape == (PROBE, 16)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ["gelu", "gelu_exact", "silu", "relu", "tanh", "sigmoid"])
def test_units_far_out_are_flat_or_not_by_their_true_slope(activation: str, dtype: str) -> None:
    model = Model(4, (3,), 2, activation=activation, dtype=dtype)
    largest = float(np.finfo(dtype).max)
    for size in (1e4, 1e13, 1e20, 1e30, largest / 4):
        for sign in (-1, 1):
            model.layers[0].biases[:] = sign * size
            x = np.eye(4, dtype=dtype)
            with np.errstate(over="ignore"):
                model.backward(np.ones_like(model.forward(x)))
                row = measure(model, x)[0]
            is_flat = sign < 0 or activation in {"tanh", "sigmoid"}
            assert row[3:5].tolist() == [is_flat, is_flat]
            np.testing.assert_allclose(model.layers[0].slopes, float(not is_flat), atol=1e-37)
            with np.errstate(over="ignore"):
                cell = explain(Pass(model, np.zeros(4, int), "mse"), "layers/0/activations", 0, 0)
            assert cell["function"]
            assert cell["function"]["slope"] == pytest.approx(float(not is_flat), abs=1e-37)
            assert cell["difference"] == 0
