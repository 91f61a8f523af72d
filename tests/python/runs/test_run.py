"""Training runs and their manager: what advances, what is kept, what a reset brings back."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.data.split import count_held_out
from backprop.runs.changes import MAX_CHANGES
from backprop.runs.config import RunConfig
from backprop.runs.manager import TrainingRunManager
from backprop.runs.names import check_name
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.runs.steps import samples_after
from backprop.tensors import backward_tensors


def make(dataset: dict[str, Any] | None = None, **trainer: Any) -> TrainingRun:
    """A small run."""
    options = {"num_samples": 23, "held_out": 0, **(dataset or {})}
    return TrainingRun(
        RunConfig.from_dict(
            {"dataset": options, "model": {"hidden_dims": [6]}, "trainer": {"batch_size": 5, **trainer}}
        )
    )


def snapshot(run: TrainingRun) -> dict[str, Any]:
    """All that decides how a run looks and goes on, wall times left out."""
    state = run.trainer.to_state()
    timed = {"seconds", "epoch_ms", "epoch_began"}
    return {
        "parameters": run.model.parameters.tobytes(),
        "trainer": {name: repr(value) for name, value in state.items() if name not in timed},
        "dataset": run.dataset.get_state(),
        "batch": run.trainer.batch.tolist(),
        "history": run.history.curve(1000).mean.tolist(),
        "epochs": run.history.curve(1000).epoch.tolist(),
        "flow": (run.flow.stride, run.flow.values.tobytes()),
        "best": run.best and (repr(run.best.metrics), run.best.step, run.best.parameters.tobytes()),
    }


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 3000), st.integers(1, 100))
def test_samples_after_counts_like_a_loop(num_samples: int, size: int, visited: int, steps: int) -> None:
    expected, count = [], visited
    for _ in range(steps):
        count += min(size, num_samples - count % num_samples)
        expected.append(count)
    assert samples_after(np.arange(1, steps + 1), size, visited, num_samples).tolist() == expected


@given(st.lists(st.integers(1, 20), min_size=1, max_size=4))
def test_slices_of_any_size_come_to_the_same(parts: list[int]) -> None:
    one, other = make(), make()
    losses = np.concatenate([one.advance(steps) for steps in parts])
    assert np.array_equal(losses, other.advance(sum(parts)))
    assert snapshot(one) == snapshot(other)


def test_the_history_holds_every_loss_with_its_epoch() -> None:
    run = make()
    losses = np.concatenate([run.advance(7), [run.train("sample")], run.advance(9), [run.train("batch")]])
    run.train("epoch")
    curve = run.history.curve(1000)
    assert curve.mean[: len(losses)].tolist() == losses.tolist()
    assert len(run.history) == run.trainer.step
    assert curve.epoch[4] == 1  # 23 samples in batches of 5: the fifth step ends the epoch
    assert curve.epoch[7] == pytest.approx((23 + 10 + 1) / 23)
    assert curve.epoch[-1] == run.trainer.epoch == int(run.trainer.epoch)
    assert (np.diff(curve.seconds) >= 0).all()
    assert curve.seconds[-1] == run.trainer.seconds


def test_the_best_weights_are_those_at_the_end_of_the_best_epoch() -> None:
    run, twin = make(learning_rate=1.5), make(learning_rate=1.5)
    run.advance(23 * 5)
    ends = []
    for _ in range(23):
        loss = twin.train("epoch")
        ends.append((loss, twin.trainer.step, twin.model.parameters.copy()))
    loss, step, parameters = min(ends, key=lambda end: end[0])
    assert run.best is not None
    assert (run.best.metrics.train_loss, run.best.step) == (loss, step)
    assert step < run.trainer.step  # later epochs were worse
    assert np.array_equal(run.best.parameters, parameters)


def test_single_samples_can_end_an_epoch_too() -> None:
    run = make()
    for _ in range(23):
        assert run.best is None
        run.train("sample")
    assert run.best is not None
    assert run.best.step == 23


def test_a_diverged_epoch_is_never_the_best() -> None:
    run = make(learning_rate=1000.0, loss_type="mse")
    assert len(run.advance(200)) < 200
    assert run.stopped
    assert run.best is None or np.isfinite(run.best.parameters).all()
    assert np.isfinite(run.history.curve(1000).mean).all()


def test_another_loss_type_forgets_the_best_and_the_epoch_under_way() -> None:
    run = make()
    run.advance(12)
    assert run.best is not None
    run.measure()
    run.configure(loss_type="mse")
    assert run.best is None
    assert run.metrics is None
    run.train("epoch")  # of mixed losses
    assert run.best is None
    loss = run.train("epoch")
    assert run.best is not None
    assert run.best.metrics.train_loss == loss
    run.configure(learning_rate=0.2)
    assert run.best is not None


def marks(run: TrainingRun) -> list[tuple[Any, ...]]:
    return [tuple(mark) for mark in run.changes]


def test_changes_on_the_way_leave_marks() -> None:
    run = make()
    run.configure(learning_rate=0.3)  # before the first step there is no curve to mark
    assert marks(run) == []
    run.advance(4)
    run.configure(learning_rate=0.03)
    run.configure(learning_rate=0.03)
    run.advance(2)
    run.configure(optimizer="adam", batch_size=7)
    assert marks(run) == [
        (4, "learning_rate", 0.3, 0.03),
        (6, "batch_size", 5, 7),
        (6, "optimizer", "sgd", "adam"),
    ]
    with pytest.raises(ValueError, match=r"^momentum must be"):
        run.configure(momentum=2.0)
    assert len(run.changes) == 3
    run.reset()
    assert marks(run) == []


def test_changes_at_one_step_are_one_change() -> None:
    run = make()
    run.advance(3)
    for rate in (0.2, 0.3, 0.4):
        run.configure(learning_rate=rate)
    run.configure(momentum=0.5)
    assert marks(run) == [(3, "learning_rate", 0.1, 0.4), (3, "momentum", 0.9, 0.5)]
    run.configure(learning_rate=0.1)  # as if nothing had been
    assert marks(run) == [(3, "momentum", 0.9, 0.5)]


def test_of_very_many_marks_the_newest_are_kept() -> None:
    run = make()
    for k in range(MAX_CHANGES + 20):
        run.advance(1)
        run.configure(learning_rate=0.1 + 0.01 * (k + 1))
    assert len(run.changes) == MAX_CHANGES
    assert (run.changes[0].step, run.changes[-1].step) == (21, MAX_CHANGES + 20)


@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_a_reset_is_exact(encoding: str) -> None:
    run = make({"encoding": encoding})
    fresh = snapshot(run)
    first = run.advance(33)
    later = snapshot(run)
    run.show("sample", sample=3)
    run.dataset.get_batch(4)
    run.reset()
    assert snapshot(run) == fresh
    assert run.history.curve(10).step.size == 0
    assert (run.trainer.step, run.trainer.seconds, run.metrics, run.updated) == (0, 0.0, None, False)
    assert np.array_equal(run.advance(33), first)
    assert snapshot(run) == later


def test_a_reset_keeps_the_config_in_force() -> None:
    run = make()
    run.configure(learning_rate=0.3, batch_size=7)
    run.reset()
    assert (run.trainer.config.learning_rate, run.trainer.config.batch_size) == (0.3, 7)
    assert run.config.trainer == run.trainer.config


def test_looking_changes_nothing() -> None:
    run = make()
    run.advance(8)
    before = snapshot(run)
    run.show("batch")
    run.show("epoch")
    run.show("sample")
    run.show("sample", sample=11)
    run.preview()
    after = snapshot(run)
    assert {**after, "batch": None} == {**before, "batch": None}
    assert not run.updated


@pytest.mark.parametrize("steps", [1, 3, 8, 9, 30])
def test_the_last_pass_is_complete_after_any_call(steps: int) -> None:
    run = make()
    run.advance(steps)
    assert_complete(run)


def test_the_last_pass_is_complete_where_measuring_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make()
    run.advance(1)

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(run.early_stopping, "on_epoch_end", fail)
    with pytest.raises(MemoryError):
        run.advance(100)
    assert run.trainer.step > 1
    assert_complete(run)


def assert_complete(run: TrainingRun) -> None:
    """All gradients of the last pass are those of a whole pass, with the parameters before its update."""
    trainer = run.trainer
    shown = {name: tensor.tobytes() for name, tensor in backward_tensors(trainer.model).items()}
    trainer.model.parameters[:] = trainer.snapshot.parameters
    trainer.make_pass(trainer.samples.batch(trainer.batch))
    assert shown == {name: tensor.tobytes() for name, tensor in backward_tensors(trainer.model).items()}


def test_a_slice_with_a_time_limit_does_at_least_one_step_and_goes_on_alike() -> None:
    run, twin = make(), make()
    done = len(run.advance(1000, max_seconds=1e-9))
    assert 1 <= done < 1000
    twin.advance(done)
    assert snapshot(run) == snapshot(twin)


def test_the_manager_names_activates_and_deletes() -> None:
    manager = TrainingRunManager()
    first, second, third = (manager.create() for _ in range(3))
    assert [run.name for run in manager.runs] == ["Run 1", "Run 2", "Run 3"]
    assert manager.active is third
    assert len({run.id for run in manager.runs}) == 3
    assert manager.activate(second.id) is manager.active is second
    manager.delete(second.id)
    assert manager.active is third  # the neighbour after it
    manager.delete(third.id)
    assert manager.active is first  # the one before, for the last in the row
    with pytest.raises(ValueError, match=r"^id must not be that of the only run"):
        manager.delete(first.id)
    manager.rename(first.id, "Run 4")
    assert manager.create().name == "Run 5"


def test_a_name_that_is_taken_gets_a_number() -> None:
    manager = TrainingRunManager()
    first, second, third = (manager.create() for _ in range(3))
    for run in (first, second, third):
        manager.rename(run.id, " Ada ")
    assert [run.name for run in manager.runs] == ["Ada", "Ada (2)", "Ada (3)"]
    manager.rename(second.id, "Ada (2)")  # its own
    assert second.name == "Ada (2)"
    for run in (first, second):
        manager.rename(run.id, "x" * 100)
    assert second.name == f"{'x' * 96} (2)"


def test_deleting_another_run_leaves_the_active_one_alone() -> None:
    manager = TrainingRunManager()
    first, second = manager.create(), manager.create()
    manager.delete(first.id)
    assert manager.active is second


def test_runs_do_not_touch_each_other() -> None:
    manager = TrainingRunManager()
    one, other = manager.create(), manager.create()
    before = snapshot(one)
    other.advance(20)
    manager.activate(one.id)
    manager.reset(other.id)
    assert snapshot(one) == before == snapshot(other)
    assert manager.losses() == {one.id: one.history, other.id: other.history}


def test_a_taken_id_is_replaced() -> None:
    manager = TrainingRunManager()
    first = manager.create()
    twin = manager.add(TrainingRun(name="Twin", run_id=first.id), activate=False)
    assert twin.id != first.id
    assert manager.active is first
    assert manager.get(twin.id) is twin


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, None, 5, ["a"], "a\nb", "a\x00", "\u2028a\u2028b", "\ud800"])
def test_bad_names_are_refused(name: Any) -> None:
    with pytest.raises(ValueError, match=r"^name must "):
        check_name(name)


@pytest.mark.parametrize("name", ["a", "x" * 100, "<script>", "__proto__", "Füße 👩‍👩‍👧", "‮run"])  # noqa: PLE2502
def test_any_other_text_is_a_name(name: str) -> None:
    assert check_name(f"  {name} ") == name


@pytest.mark.parametrize("run_id", ["nope", None, 3, ["a"], {}, "x" * 1000])
def test_unknown_ids_are_refused(run_id: Any) -> None:
    manager = TrainingRunManager()
    manager.create()
    for call in (manager.get, manager.activate, manager.reset, manager.delete):
        with pytest.raises(ValueError, match=r"^id: there is no run "):
            call(run_id)


def test_config_sections_are_checked_against_each_other() -> None:
    wide = {"hidden_dims": [2048, 2048, 2048]}
    refused: list[tuple[Any, str]] = [
        (
            {"trainer": {"batch_size": 101}},
            r"^trainer.batch_size must be between 1 and 80 \(the number of training samples\), got 101",
        ),
        ({"model": wide}, "^model.hidden_dims must keep the number of parameters"),
        ({"dataset": {"seed": -1}}, "^dataset.seed must be"),
        ({"model": {"hidden_dims": [0]}}, "^model.hidden_dims must be"),
        ({"model": {"hidden_dims": [4] * 40}}, "^model.hidden_dims must have"),
        ({"model": {"activation": "softplus"}}, "^model.activation must be one of"),
        ({"model": {"dtype": "float16"}}, "^model.dtype must be one of"),
        ({"model": {"width": 3}}, "^model.width is not an option of model"),
        ({"optimizer": {}}, "^optimizer is not an option of config"),
        ({"model": []}, "^model must be a dict, got list"),
        ([], "^config must be a dict, got list"),
        ("x", "^config must be a dict, got str"),
        ({3: 4}, "^3 is not an option of config"),
    ]
    for config, sentence in refused:
        with pytest.raises(ValueError, match=sentence):
            RunConfig.from_dict(config)


def test_a_config_survives_the_round_trip() -> None:
    config = RunConfig.from_dict({"dataset": {"master_sequence_length": 10}, "model": {"hidden_dims": []}})
    assert RunConfig.from_dict(config.to_dict()) == config
    assert RunConfig.from_dict() == RunConfig.from_dict({"dataset": None, "model": {}})


@given(
    st.lists(st.integers(1, 9), max_size=3),
    st.sampled_from(["one_hot", "embedding"]),
    st.integers(1, 20),
    st.integers(1, 20),
)
def test_the_plan_is_what_is_made(hidden_dims: list[int], encoding: str, num_samples: int, batch_size: int) -> None:
    config = RunConfig.from_dict(
        {
            "dataset": {"encoding": encoding, "num_samples": num_samples},
            "model": {"hidden_dims": hidden_dims},
            "trainer": {"batch_size": min(batch_size, num_samples - count_held_out(num_samples, 0.2))},
        }
    )
    run = TrainingRun(config)
    assert run.model.parameters.size == config.parameters
    assert [run.model.input_dim, *run.model.hidden_dims, run.model.output_dim] == config.shape
    assert run.trainer.steps_left_in_epoch == config.steps_per_epoch


def test_logits_that_are_no_numbers_give_no_accuracy_and_no_prediction_anywhere() -> None:
    run = TrainingRun()
    run.train("epoch")
    run.model.layers[-1].biases[0] = math.nan
    run.preview()
    assert run.trainer.batch_accuracy is None
    metrics = run.measure()
    assert (metrics.accuracy, metrics.held_out_accuracy) == (None, None)
    assert math.isnan(metrics.loss)
    assert run.trainer.confusion(run.dataset.train).sum() == 0
    again = from_record(to_record(run))
    assert (again.metrics or metrics).accuracy is None
    assert again.trainer.batch_accuracy is None


def test_one_sample_without_a_prediction_leaves_the_whole_set_without_an_accuracy() -> None:
    run = TrainingRun(RunConfig.from_dict({"dataset": {"encoding": "embedding", "sequence_length": 2}}))
    table = run.model.named_parameters()["embedding/weights"]
    table[0] = math.nan  # all samples that begin with "a"
    has_a = (run.dataset.inputs[run.dataset.train] == 0).any(axis=1)
    assert 0 < has_a.sum() < len(has_a)
    assert run.trainer.evaluate()[1] is None
    assert run.trainer.confusion(run.dataset.train).sum() == np.count_nonzero(~has_a)
    table[0] = 0
    assert run.trainer.evaluate()[1] is not None


def test_a_held_out_loss_that_is_no_number_is_not_the_best_by_accuracy() -> None:
    """What only a held-out sample shows: a token of its own, whose row of the table is too large."""
    samples = [[token, token] for token in "abcd"]
    data = {"encoding": "embedding", "sequence_length": 2, "master_sequences": samples, "num_samples": 12}
    data |= {"held_out": 0.25, "held_out_by": "position"}
    config = {"dataset": data, "model": {"activation": "identity"}, "trainer": {"batch_size": 4}}
    run = TrainingRun(RunConfig.from_dict({**config, "stopping": {"monitor": "held_out_accuracy"}}))
    token = run.dataset.inputs[run.dataset.held_out[0]][0]
    assert token not in run.dataset.inputs[run.dataset.train]
    run.model.named_parameters()["embedding/weights"][token] = 3e38  # finite, but no logits are
    run.train("epoch")
    assert math.isnan(run.epochs.rows[0].held_out_loss)
    assert math.isnan(run.epochs.rows[0].held_out_accuracy)
    assert run.best is None
