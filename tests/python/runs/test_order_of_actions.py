"""Runs of random configs under random actions: each state is read back, goes on bit for bit, and stops where it must.

An action is all that the page can ask of a run. Of two runs that are asked for the same, one is saved and read back
after each action; at the end they are equal, whatever happened: looks, single samples, spoiled weights, stops.
"""

from typing import Any

import numpy as np
import pytest

from backprop.activations import ACTIVATIONS
from backprop.files.history_rows import complete_record
from backprop.files.run_file import from_bytes, to_bytes
from backprop.losses import LOSSES
from backprop.model import INITIALIZATIONS
from backprop.optimizers import OPTIMIZERS
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.training.epochs import METRICS
from tests.conftest import Amounts

Random = np.random.Generator

RATES = (1e-3, 0.1, 1.0, 10.0, 100.0, 1000.0)
TIMES = frozenset({"seconds", "epoch_ms", "epoch_began", "recent_seconds", "created", "id"})


def pick(random: Random, choices: Any) -> Any:
    """One of the choices, as it is."""
    return list(choices)[random.integers(len(choices))]


def stopping(random: Random, held_out: bool) -> dict[str, Any]:
    """When to stop, soon mostly."""
    return {
        "early_stopping": bool(random.integers(2)),
        "monitor": pick(random, METRICS if held_out else METRICS[:2]),
        "mode": pick(random, ("auto", "auto", "min", "max")),
        "min_delta": pick(random, (0.0, 1e-4, 0.1)),
        "patience": int(random.integers(4)),
        "restore_best_weights": bool(random.integers(2)),
        "start_from_epoch": pick(random, (0, 0, 2)),
        "target": pick(random, (None, None, 0.0, 0.5, 2.0)),
        "max_epochs": pick(random, (None, 1, 2, 3, 6)),
    }


def trainer(random: Random, num_train: int) -> dict[str, Any]:
    """All settings of a trainer but its seed."""
    return {
        "learning_rate": pick(random, RATES),
        "batch_size": int(random.integers(1, num_train + 1)),
        "loss_type": pick(random, LOSSES),
        "optimizer": pick(random, OPTIMIZERS),
        "momentum": pick(random, (0.0, 0.9)),
        "weight_decay": pick(random, (0.0, 0.0, 0.01, 10.0)),
        "clip_norm": pick(random, (None, None, 0.5)),
    }


def config(random: Random) -> RunConfig:
    """A tiny run of any kind, more often one that runs away than in life."""
    by_place, held_out = random.random() < 0.2, pick(random, (0.0, 0.3, 0.6))
    dataset = {
        "vocabulary": list("abc"[: random.integers(2, 4)]),
        "sequence_length": int(random.integers(2, 4)),
        "num_samples": int(random.integers(8 if by_place else 1, 13)),
        "task": pick(random, ("next_token", "classification")),
        "encoding": pick(random, ("one_hot", "embedding")),
        "embedding_dim": 2,
        "num_master_sequences": 2,
        "master_sequence_length": 6,
        "seed": int(random.integers(100)),
        "held_out": held_out,
        "held_out_by": "position" if by_place else "sample",
    }
    model = {
        "hidden_dims": [3] * int(random.integers(4)),
        "activation": pick(random, [*ACTIVATIONS, "identity", "identity"]),
        "initialization": pick(random, INITIALIZATIONS),
        "dtype": pick(random, ("float32", "float64")),
        "seed": int(random.integers(100)),
    }
    plan = RunConfig.from_dict({"dataset": dataset, "trainer": {"batch_size": 1}})
    rules, settings = stopping(random, plan.num_train < plan.dataset.num_samples), trainer(random, plan.num_train)
    if random.random() < 0.4:  # one that runs away
        model |= {"hidden_dims": [3, 3, 3], "activation": pick(random, ("identity", "relu"))}
        settings |= {"learning_rate": pick(random, (100.0, 1000.0)), "weight_decay": pick(random, (0.0, 10.0))}
    return RunConfig.from_dict({"dataset": dataset, "model": model, "trainer": settings, "stopping": rules})


def action(random: Random, run: TrainingRun) -> tuple[str, dict[str, Any]]:
    """Something that a visitor can do with a run: the name of a method and its arguments."""
    kind = pick(random, KINDS)
    if kind == "advance":
        return kind, {"steps": int(random.integers(1, 60))}
    if kind == "look":
        return "show", {"unit": "sample", "sample": int(random.integers(len(run.dataset)))}
    if kind in {"sample", "batch", "epoch"}:
        return ("train" if random.integers(3) else "show"), {"unit": kind}
    if kind in {"configure", "configure_stopping"}:
        held_out = len(run.dataset.held_out) > 0
        of_all = trainer(random, len(run.dataset.train)) if kind == "configure" else stopping(random, held_out)
        return kind, {str(name): of_all[name] for name in random.permutation(list(of_all))[: random.integers(1, 3)]}
    return kind, {}


KINDS = (
    *("advance", "advance", "sample", "sample", "batch", "batch", "epoch", "look"),
    *("configure", "configure_stopping", "resume", "restore_best", "restore_first", "measure", "preview", "reset"),
)


def do(run: TrainingRun, kind: str, arguments: dict[str, Any]) -> None:
    """Do a action; there may be no best weights yet."""
    if kind != "restore_best" or run.best is not None:
        getattr(run, kind)(**arguments)


def plain(value: Any) -> Any:
    """A record without what the clock says, comparable."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if name not in TIMES}
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.tobytes()
    return [plain(item) for item in value] if isinstance(value, list) else repr(value)


def without_clock(run: TrainingRun) -> Any:
    """All of a run but the seconds that it took."""
    record = to_record(run)
    del record["history"]["seconds"], record["epochs"]["seconds"]
    return plain(record)


def reloaded(run: TrainingRun) -> TrainingRun:
    """The run as it comes back from its file."""
    return from_record(complete_record(from_bytes(to_bytes(to_record(run)))))


def live(seed: int) -> None:
    """Live through some ten actions with two runs, of which one is read back after each."""
    random = np.random.default_rng(seed)
    chosen = config(random)
    kept, other = TrainingRun(chosen), TrainingRun(chosen)
    done = []
    for _ in range(random.integers(1, 12)):
        kind, arguments = action(random, kept)
        done.append((kind, arguments))
        do(kept, kind, arguments)
        do(other, kind, arguments)
        try:
            other = reloaded(other)
        except ValueError as error:
            raise AssertionError(f"seed {seed}, {chosen.to_dict()}, after {done}: {error}") from error
    assert without_clock(other) == without_clock(kept), f"seed {seed}, {chosen.to_dict()}, after {done}"


@pytest.mark.slow
def test_every_state_is_read_back_and_goes_on_bit_for_bit(amounts: Amounts) -> None:
    for seed in range(amounts.lives):
        live(seed)


def test_a_look_between_a_spoiling_step_and_the_next_hides_nothing_from_a_reload() -> None:
    """The weights become infinite in an update; the last finite ones come back, whatever was looked at since."""
    run = TrainingRun(RunConfig.from_dict({"model": {"hidden_dims": []}, "trainer": {"optimizer": "momentum"}}))
    run.advance(9)
    run.configure(weight_decay=10.0, learning_rate=1000.0)  # each step makes the weights 9,999 times as large
    for _ in range(10):
        before = run.model.parameters.copy()
        run.train("batch")
        if not np.isfinite(run.model.parameters).all():
            break
    for look in ({"sample": 3}, {}):
        run.show("sample", **look)
        run = reloaded(run)
    assert not np.isfinite(run.model.parameters).all()
    run.train("batch")
    assert run.stopped
    assert (run.stopped.reason, run.stopped.restored) == ("diverged", False)
    assert run.model.parameters.tobytes() == before.tobytes()
