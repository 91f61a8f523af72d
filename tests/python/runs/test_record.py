"""The run record: back to the last bit, and nothing damaged gets in."""

import copy
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.activations import ACTIVATIONS
from backprop.loops.installed import LOOPS, PLAIN
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun, Unit
from backprop.training.epochs import EpochRow
from backprop.training.saved_pass import last_update
from backprop.wire.frame import pack

TIMES = frozenset({"seconds", "epoch_ms", "epoch_began", "recent_seconds"})


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    """A small run of any kind."""
    num_samples = draw(st.integers(2, 30))
    seeds = st.integers(0, 2**32 - 1)
    return RunConfig.from_dict(
        {
            "dataset": {
                "num_samples": num_samples,
                "task": draw(st.sampled_from(["next_token", "classification"])),
                "encoding": draw(st.sampled_from(["one_hot", "embedding"])),
                "embedding_dim": draw(st.integers(1, 4)),
                "seed": draw(seeds),
                "held_out": draw(st.sampled_from([0, 0.3])),
                "held_out_by": draw(st.sampled_from(["sample", "position"])) if num_samples > 9 else "sample",
            },
            "model": {
                "hidden_dims": draw(st.lists(st.integers(1, 6), max_size=3)),
                "activation": draw(st.sampled_from(sorted(ACTIVATIONS))),
                "seed": draw(seeds),
                "dtype": draw(st.sampled_from(["float32", "float64"])),
            },
            "trainer": {
                "batch_size": draw(st.integers(1, max(1, num_samples // 3))),
                "learning_rate": draw(st.sampled_from([0.01, 0.1, 1.0, 1000.0])),
                "loss_type": draw(st.sampled_from(["cross_entropy", "mse"])),
                "seed": draw(seeds),
                "optimizer": draw(st.sampled_from(["sgd", "momentum", "adam"])),
                "momentum": draw(st.sampled_from([0.0, 0.9])),
                "weight_decay": draw(st.sampled_from([0.0, 0.01])),
                "clip_norm": draw(st.sampled_from([None, 0.5])),
            },
        }
    )


def as_bytes(value: Any, drop: frozenset[str] = frozenset()) -> Any:
    """A record with its arrays as bytes, comparable; fields named in `drop` left out."""
    if isinstance(value, dict):
        return {name: as_bytes(item, drop) for name, item in value.items() if name not in drop}
    if isinstance(value, np.ndarray):
        assert value.ndim == 1
        assert value.dtype in (np.float32, np.float64, np.int32)
        return value.dtype.str, value.tobytes()
    if isinstance(value, list):
        return [as_bytes(item) for item in value]
    assert value is None or type(value) in (bool, int, float, str)
    return repr(value)  # NaN equals itself so


@pytest.mark.slow
@given(configs(), st.integers(0, 40), st.integers(1, 25), st.booleans())
def test_a_loaded_run_goes_on_as_if_never_stopped(config: RunConfig, k: int, more: int, single: bool) -> None:
    run = TrainingRun(config, "Kept")
    run.archived, run.twin_group = single, "pair" if single else None
    for _ in range(k):
        run.train("batch")
    if single:
        run.train("sample")
    run.dataset.get_batch(1)
    run.measure()
    loaded = from_record(to_record(run))
    assert as_bytes(to_record(loaded)) == as_bytes(to_record(run))
    assert np.array_equal(loaded.advance(more), run.advance(more), equal_nan=True)
    assert np.array_equal(loaded.dataset.get_batch(1)[0], run.dataset.get_batch(1)[0])
    assert as_bytes(to_record(loaded), TIMES) == as_bytes(to_record(run), TIMES)
    loaded.reset()
    run.reset()
    assert as_bytes(to_record(loaded), TIMES) == as_bytes(to_record(run), TIMES)


@given(configs(), st.integers(0, 20), st.sampled_from([None, "sample", "batch", "epoch"]))
def test_a_loaded_run_shows_what_was_seen_last(config: RunConfig, k: int, look: Unit | None) -> None:
    """Activations and gradients are those of the last pass, which saw the parameters before its update."""
    run = TrainingRun(config)
    for _ in range(k):
        run.train("batch")
    if look:
        run.show(look)
    run.configure(learning_rate=0.5, loss_type="mse")
    loaded = from_record(to_record(run))
    seen, again = pack(run.model), pack(loaded.model)
    assert again.values.tobytes() == seen.values.tobytes()
    assert again.layout_id == seen.layout_id
    assert loaded.updated == run.updated
    assert loaded.trainer.batch.tobytes() == run.trainer.batch.astype(np.int32).tobytes()
    assert repr(loaded.trainer.batch_loss) == repr(run.trainer.batch_loss)
    assert loaded.trainer.config == run.trainer.config


def trained() -> dict[str, Any]:
    """The record of a run in the middle of its third epoch."""
    run = TrainingRun(RunConfig.from_dict({"dataset": {"held_out": 0}, "model": {"hidden_dims": [4]}}), "Saved")
    run.advance(24)
    run.measure()
    return to_record(run)


def test_a_record_is_a_copy() -> None:
    run = TrainingRun()
    run.advance(12)
    record = to_record(run)
    before = copy.deepcopy(as_bytes(record))
    run.advance(5)
    assert as_bytes(record) == before
    loaded = from_record(record)
    loaded.advance(5)
    assert as_bytes(record) == before


def test_a_record_keeps_who_the_run_is() -> None:
    record = trained()
    run = from_record(record)
    assert record["format"] == (2 if LOOPS.name == PLAIN else 3)
    assert (run.id, run.name, run.created) == (record["id"], "Saved", record["created"])
    assert run.config == RunConfig.from_dict(record["config"])


def test_a_changed_config_is_saved_too() -> None:
    run = TrainingRun()
    run.advance(3)
    run.configure(learning_rate=0.25, batch_size=7, loss_type="mse")
    loaded = from_record(to_record(run))
    assert loaded.trainer.config == run.trainer.config
    assert loaded.comparable_from == run.comparable_from > 0


@pytest.mark.parametrize(
    "wrap", [lambda a: a.tobytes(), bytearray, lambda a: a.data, lambda a: memoryview(a.tobytes())]
)
def test_arrays_may_arrive_as_buffers(wrap: Any) -> None:
    def wrapped(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: wrapped(item) for name, item in value.items()}
        return wrap(value) if isinstance(value, np.ndarray) else value

    record = trained()
    assert as_bytes(to_record(from_record(wrapped(record)))) == as_bytes(record)


def test_whole_floats_may_arrive_as_integers() -> None:
    """JavaScript has one kind of number: 3.0 comes back as 3."""
    record = trained()
    record["trainer"]["seconds"] = 3
    record["trainer"]["loss"] = 1
    record["trainer"]["step"] = 24.0
    run = from_record(record)
    assert type(run.trainer.seconds) is type(run.trainer.progress.loss) is float
    assert type(run.trainer.step) is int


def test_a_diverged_run_can_be_kept() -> None:
    run = TrainingRun(RunConfig.from_dict({"trainer": {"learning_rate": 1000.0, "loss_type": "mse"}}))
    run.advance(300)
    assert run.stopped
    assert run.stopped.reason == "diverged"
    loaded = from_record(to_record(run))
    assert loaded.stopped == run.stopped
    assert as_bytes(to_record(from_record(to_record(run)))) == as_bytes(to_record(run))


def test_earlier_stops_come_back() -> None:
    run = TrainingRun(RunConfig.from_dict({"stopping": {"max_epochs": 2}}))
    run.advance(300)
    run.configure_stopping(max_epochs=3)
    run.resume()
    run.advance(300)
    record = to_record(run)
    assert [(stop["reason"], stop["step"]) for stop in (*record["stops"], record["stopped"])] == [
        ("max_epochs", 16),
        ("max_epochs", 24),
    ]
    assert from_record(record).all_stops == run.all_stops
    assert as_bytes(to_record(from_record(record))) == as_bytes(record)


def test_a_reset_goes_back_to_the_first_weights_of_the_record() -> None:
    """They may differ from those drawn here, if the record comes from a machine with another NumPy."""
    record = trained()
    record["initial_parameters"] += 1
    run = from_record(record)
    run.reset()
    assert np.array_equal(run.model.parameters, record["initial_parameters"])


def test_a_newer_format_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"^format: this run was saved by a newer version \(format 4; up to 3 "):
        from_record({**trained(), "format": 4})


def test_other_samples_are_refused_in_words() -> None:
    record = trained()
    record["dataset"]["digest"] = "0" * 64
    with pytest.raises(ValueError, match=r"^dataset.digest differs: this run was trained on other samples"):
        from_record(record)


def _put(path: str, value: Any) -> Any:
    def change(record: dict[str, Any]) -> None:
        *outer, last = path.split(".")
        for name in outer:
            record = record[name]
        record[last] = value

    return pytest.param(path.split(".", maxsplit=1)[0], change, id=f"{path}={str(value)[:30]}")


def _puts(path: str, *values: Any) -> list[Any]:
    return [_put(path, value) for value in values]


def _edit(path: str, edit: Any, name: str) -> Any:
    def change(record: dict[str, Any]) -> None:
        *outer, last = path.split(".")
        for field in outer:
            record = record[field]
        record[last] = edit(record[last])

    return pytest.param(path.split(".", maxsplit=1)[0], change, id=f"{path}: {name}")


STOPPED: dict[str, Any] = {
    "reason": "early_stopping",
    "step": 20,
    "epoch": 2.0,
    "monitor": "train_loss",
    "limit": 1,
    "min_delta": 0.0,
    "value": None,
    "best_step": 10,
    "best_value": 0.5,
    "restored": True,
    "tensor": None,
    "tensor_step": None,
}
DIVERGED: dict[str, Any] = {
    **dict.fromkeys(("monitor", "limit", "min_delta", "value", "best_step", "best_value")),
    "reason": "diverged",
    "restored": True,
    "tensor": "loss",
    "tensor_step": 3,
}
DAMAGED: list[Any] = [
    *_puts("format", 0, -1, "1", None, 1.5, math.nan, True, [1]),
    *_puts("id", "", "a b", "x" * 65, 3, None, "../x", "<b>"),
    *_puts("name", "", 3, None, "x" * 101, "a\nb"),
    *_puts("created", "", "yesterday", 3, None, "2026-01-01T00:00:00", "x" * 1000),
    *_puts("config", None, [], {}),
    _put("config.dataset.vocabulary", ["a", "a"]),
    _put("config.trainer.batch_size", 0),
    _put("config.model.hidden_dims", [5]),
    _put("config.model.dtype", "float64"),
    _put("config.model.surprise", 1),
    _edit("config", lambda c: {name: c[name] for name in ("dataset", "model")}, "section left out"),
    _edit("config.model", lambda c: {name: c[name] for name in c if name != "seed"}, "field left out"),
    *[
        _edit(name, edit, what)
        for name in ("initial_parameters", "parameters", "best.parameters")
        for edit, what in [
            (lambda a: a[:-1], "too short"),
            (lambda a: np.append(a, a[:1]), "too long"),
            (lambda a: a.astype(np.float64), "other dtype"),
            (lambda a: a.reshape(1, -1), "two dimensions"),
            (lambda a: a.tolist(), "a list"),
            (lambda a: a.tobytes()[:-1], "torn bytes"),
            (lambda a: a.astype(np.int32).data, "a buffer of integers"),
            (lambda a: np.repeat(a, 2).data[::2], "a buffer with gaps"),
            (lambda _: None, "nothing"),
        ]
    ],
    _edit("initial_parameters", lambda a: np.where(a == a[0], np.nan, a).astype(a.dtype), "NaN"),
    *_puts("best", 3, [], {}, {"train_loss": 1.0}),
    *_puts("best.train_loss", math.nan, math.inf, "1", None),
    *_puts("best.held_out_loss", 0.5, "1", None),
    _edit("best.parameters", lambda a: np.where(a == a[0], np.inf, a).astype(a.dtype), "infinite"),
    *_puts("stopper", None, {}, 3),
    *_puts("stopper.wait", -1, 3, None, 0.5),
    *_puts("stopper.best", "1", True, 0.5),
    *_puts("stopper.best_step", 3),
    *_puts("stopper.parameters", np.zeros(3)),
    *_puts("stopper.from_epoch", -1, 3, None),
    *_puts("stopper.reached", None, 0),
    *_puts("stopped", 3, {}, {"reason": "diverged"}),
    *_puts("stops", None, {}, STOPPED, [3], [{}], [None], [STOPPED] * 51, [STOPPED, {**STOPPED, "step": 19}]),
    *[
        damage
        for change in (
            {"reason": "bored"},
            {"step": 25},
            {"step": -1},
            {"epoch": math.nan},
            {"monitor": None},
            {"monitor": "<b>"},
            {"limit": None},
            {"limit": math.inf},
            {"value": 0.5},
            {"min_delta": -1},
            {"min_delta": None},
            {"best_step": 25},
            {"best_step": None},
            {"best_value": "0.5"},
            {"best_value": None},
            {"restored": 1},
            {"tensor": "layers/0/weights"},
            {"tensor_step": 3},
            {"sentence": "Visit evil.example"},
            {**DIVERGED, "tensor": "<b>"},
            {**DIVERGED, "tensor_step": 99},
            {**DIVERGED, "tensor": None},
            {**DIVERGED, "monitor": "train_loss"},
            {**DIVERGED, "restored": False, "best_step": 10, "best_value": 0.5},
            {"reason": "target"},
            {"reason": "max_epochs", "best_step": None, "best_value": None},
        )
        for damage in (_put("stopped", {**STOPPED, **change}), _put("stops", [{**STOPPED, **change}]))
    ],
    *_puts("best.step", 0, 25, 1.5, None),
    *_puts("metrics", 3, {}, {"step": 1}),
    *_puts("metrics.accuracy", -0.1, 1.1, math.nan),
    *_puts("metrics.step", -1, 25),
    *_puts("metrics.held_out_loss", 0.5, math.nan),
    *_puts("metrics.held_out_accuracy", 0.5),
    *_puts("epochs", None, {}, []),
    *_puts("epochs.stride", 0, 3, 2, 2**41, None),
    *[
        _edit(f"epochs.{name}", edit, what)
        for name in EpochRow._fields
        for edit, what in ((lambda a: a[1:], "too short"), (lambda a: a.astype(np.float32), "other dtype"))
    ],
    _edit("epochs.epoch", lambda a: a + 1, "an epoch that is not over"),
    _edit("epochs.epoch", lambda a: a[::-1].copy(), "falling"),
    _edit("epochs.step", lambda a: a + 5, "beyond the steps done"),
    _edit("epochs.step", lambda a: a - 0.5, "half a step"),
    _edit("epochs.seconds", lambda a: a * math.inf, "infinite"),
    *_puts("trainer.right", -1, 41, None, "1"),
    *_puts("trainer.epoch_accuracy", -0.1, 1.1, math.nan, "1"),
    *_puts("comparable_from", -1, 241, None, "0"),
    *_puts("trainer", None, {}, []),
    *_puts("trainer.step", -1, 23, 25, 2**60, 1e300, "24", None),
    *_puts("trainer.samples_visited", 23, 239, 241, 2401, None),
    *_puts("trainer.visits", -1, 2**32, 0.5, None, "1"),
    *_puts("archived", None, 0, "true"),
    *_puts("twin_group", "", 3, "a b", "x" * 65),
    *_puts("trainer.loss", "1", True, [], 10**400),
    *_puts("trainer.epoch_loss", "1", False),
    *_puts("trainer.seconds", -1, math.nan, math.inf, None),
    *_puts("trainer.epoch_began", -1, 1e99, math.nan),
    *_puts("trainer.loss_sum", None, "x"),
    *_puts("trainer.next", -1, 0, 41, 100, None),
    _edit("trainer.order", np.zeros_like, "no permutation"),
    _edit("trainer.order", lambda a: a - 1, "below zero"),
    _edit("trainer.order", lambda a: a[1:], "too short"),
    _edit("trainer.order", lambda a: a.astype(np.int64), "64 bits"),
    *_puts("trainer.generator", None, {}, "x"),
    *_puts("trainer.generator.state", 5, "x", "-1", str(2**128), "9" * 5000, "１"),
    _put("trainer.generator.inc", None),
    _put("trainer.generator.has_uint32", "2"),
    _put("trainer.generator.uinteger", str(2**32)),
    *_puts("last_pass", None, {}, []),
    *_puts("last_pass.learning_rate", None, -1, math.nan, "1"),
    *_puts("last_pass.loss_type", None, "hinge"),
    _edit("last_pass.batch", lambda a: a + 1000, "no such samples"),
    _edit("last_pass.batch", lambda a: a - 1000, "below zero"),
    _edit("last_pass.batch", lambda a: a[:0], "empty"),
    _edit("last_pass.batch", lambda a: np.repeat(a, 100), "too many"),
    _edit("last_pass.batch", lambda a: a.astype(np.float32), "other dtype"),
    _edit("last_pass.parameters", lambda a: a[1:], "too short"),
    *_puts("dataset", None, {}, {"digest": ""}),
    *_puts("dataset.digest", None, 3, ""),
    _put("dataset.generator", {"state": "1"}),
    *_puts("history", None, {}, []),
    *_puts("history.stride", 0, 2, 3, -1, None, 2**50),
    _edit("history.mean", lambda a: a[1:], "shorter than the others"),
    _edit("history.mean", lambda a: a.astype(np.float32), "other dtype"),
    _edit("history.epoch", lambda a: a[::-1].copy(), "falling"),
    _edit("history.recent_epoch", lambda a: a + 3, "beyond the epochs of the run"),
    _edit("history.seconds", lambda a: a * np.nan, "NaN"),
    _edit("history.recent_loss", lambda a: np.append(a, a), "longer than the others"),
    _edit(
        "history",
        lambda h: {n: (a[:-1] if n in "epoch seconds min mean max accuracy" else a) for n, a in h.items()},
        "a step less",
    ),
    *_puts("flow", None, {}, []),
    *_puts("flow.stride", 0, 2, 3, -1, None, "1", 2**50),
    _edit("flow.values", lambda a: a[1:], "too short"),
    _edit("flow.values", lambda a: a.astype(np.float32), "other dtype"),
    _edit("flow.values", lambda a: -a, "below zero"),
    _edit("flow.values", lambda a: a + 2, "shares above 1"),
    _edit("flow.previous", lambda a: a[1:], "too short"),
    _edit("flow.previous", lambda a: a.astype(np.float64), "other dtype"),
    _edit("flow.previous", lambda _: None, "left out"),
    _put("surprise", 1),
]


@pytest.mark.parametrize(("field", "damage"), DAMAGED)
def test_a_damaged_record_is_refused_by_field(field: str, damage: Any) -> None:
    record = trained()
    from_record(record)
    damage(record)
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is looked at below
        from_record(record)
    message = str(caught.value)
    assert len(message) < 400
    section = {
        "config": ("config", "dataset", "model", "trainer", "initial_parameters", "parameters"),
        "trainer": ("trainer", "metrics", "history", "flow", "best", "epochs"),
    }.get(field, (field,))
    assert message.startswith((*section, f"record.{field}"))


def remembering() -> dict[str, Any]:
    """The record of a run of Adam whose settings were changed on the way."""
    run = TrainingRun(RunConfig.from_dict({"model": {"hidden_dims": [4]}, "trainer": {"optimizer": "adam"}}))
    run.advance(12)
    run.configure(learning_rate=0.03, clip_norm=1.0)
    run.advance(12)
    run.configure(batch_size=20)
    return to_record(run)


NEVER = {"step": 3, "field": "learning_rate", "from": 0.1, "to": 0.3}
DAMAGED_STATE: list[Any] = [
    *_puts("trainer.optimizer_t", -1, 25, 0.5, None, 0),
    *_puts("trainer.optimizer_state", None, [], {}, {"velocity": np.zeros(160, np.float32)}),
    _edit("trainer.optimizer_state.first_moment", lambda a: a[1:], "too short"),
    _edit("trainer.optimizer_state.second_moment", lambda a: a.astype(np.float64), "other dtype"),
    _edit("trainer.optimizer_state", lambda s: {**s, "velocity": s["first_moment"]}, "one too many"),
    *_puts("last_pass.optimizer_state", None, [], {"velocity": np.zeros(160, np.float32)}),
    _edit("last_pass.optimizer_state.first_moment", lambda a: a.tolist(), "a list"),
    _edit("last_pass", lambda last: {**last, "parameters": None}, "of no update"),
    *_puts("last_pass.optimizer", "sgd", "momentum", "adagrad", None),
    *_puts("last_pass.beta1", 1, -0.1, None, math.nan),
    *_puts("last_pass.clip_norm", 0, "none", math.inf),
    *_puts("marks", None, {}, [3], [{}], [NEVER] * 201),
    *[
        _put("marks", [{**NEVER, **change}])
        for change in (
            {"step": 0},
            {"step": 25},
            {"step": None},
            {"field": "hidden_dims"},
            {"field": None},
            {"from": "0.1"},
            {"from": None},
            {"to": math.nan},
            {"to": 1e9},
            {"field": "optimizer"},
            {"field": "optimizer", "from": "sgd", "to": "<b>"},
            {"field": "batch_size", "from": 10, "to": 101},
            {"surprise": 1},
        )
    ],
]


@pytest.mark.parametrize(("field", "damage"), DAMAGED_STATE)
def test_a_damaged_state_of_the_optimizer_or_mark_is_refused_by_field(field: str, damage: Any) -> None:
    record = remembering()
    from_record(record)
    damage(record)
    with pytest.raises(ValueError, match=rf"^{field}"):
        from_record(record)


def test_marks_and_the_optimizers_state_come_back() -> None:
    record = remembering()
    assert record["marks"] == [
        {"step": 12, "field": "learning_rate", "from": 0.1, "to": 0.03},
        {"step": 12, "field": "clip_norm", "from": None, "to": 1.0},
        {"step": 24, "field": "batch_size", "from": 10, "to": 20},
    ]
    run = from_record(record)
    assert as_bytes(to_record(run)) == as_bytes(record)
    assert run.trainer.optimizer.t == 24
    update = last_update(run.trainer)
    assert update is not None
    assert (update.learning_rate, update.clip_norm, update.t) == (0.03, 1.0, 24)


@pytest.mark.parametrize("name", sorted(set(trained()) - {"loops"}))  # only where compiled loops train
def test_a_missing_field_is_named(name: str) -> None:
    record = trained()
    del record[name]
    with pytest.raises(ValueError, match=f"{name}"):
        from_record(record)


@pytest.mark.parametrize("record", [None, 3, "x", [], {}, b"", [{}]])
def test_what_is_no_record_is_refused(record: Any) -> None:
    with pytest.raises(ValueError, match=r"^record must be a dict with the field format"):
        from_record(record)
