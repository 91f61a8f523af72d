"""Whatever is raised between a step and its entries, a run stays whole: it can be saved, loaded and trained further."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from backprop.files.history_rows import complete_record
from backprop.files.run_file import from_bytes, to_bytes
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.runs.twins import advance_together, make_twin
from backprop.session import Session

# What training calls: in a pass, an update, the measuring of flow, the shuffle, the answers, the end of an epoch.
CALLS = ("matmul", "full", "isfinite", "arange", "concatenate", "empty")
ACTIONS: dict[str, Callable[[TrainingRun, TrainingRun], object]] = {
    "run_single": lambda run, _: run.train("sample"),
    "train_batch": lambda run, _: run.train("batch"),
    "train_epoch": lambda run, _: run.train("epoch"),
    "advance": lambda run, _: run.advance(40),
    "reset": lambda run, _: (run.reset(), run.advance(2)),
    "advance together": lambda run, twin: advance_together([run, twin], 40),
}


@contextmanager
def failing(name: str, after: int) -> Iterator[None]:
    """Let NumPy run out of memory in a function, when it was called so often."""
    real, calls = getattr(np, name), iter(range(after))

    def scarce(*args: Any, **options: Any) -> Any:
        if next(calls, None) is None:
            raise MemoryError(f"no room for {name}")
        return real(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np, name, scarce)
        yield


def pair(optimizer: str) -> list[TrainingRun]:
    config = {
        "dataset": {"num_samples": 12, "held_out": 0.3},
        "model": {"hidden_dims": [4], "activation": "tanh"},
        "trainer": {"batch_size": 3, "optimizer": optimizer},
        "stopping": {"early_stopping": True, "patience": 2, "min_delta": 0.5},
    }
    run = TrainingRun(RunConfig.from_dict(config))
    run.advance(5)
    run.resume()
    return [run, make_twin(run, {"learning_rate": 0.2})]


def check(run: TrainingRun) -> None:
    """Each step has its entry, and the run comes back from its file and goes on."""
    assert len(run.history) == run.trainer.step
    assert np.isfinite(run.model.parameters).all()
    loaded = from_record(complete_record(from_bytes(to_bytes(to_record(run)))))
    assert loaded.model.parameters.tobytes() == run.model.parameters.tobytes()
    for each in (loaded, run):
        each.finish_measuring()
        each.resume()
        before = each.trainer.step
        each.train("epoch")
        assert each.trainer.step > before
        assert len(each.history) == each.trainer.step
    assert loaded.model.parameters.tobytes() == run.model.parameters.tobytes()
    assert loaded.epochs.rows[-1].epoch == run.epochs.rows[-1].epoch == int(run.trainer.epoch)


@pytest.mark.slow
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", CALLS)
def test_a_run_whose_memory_ended_in_a_step_stays_whole(name: str, action: str) -> None:
    raised = 0
    for optimizer in ("sgd", "adam"):
        for after in (0, 2, 7, 20):
            runs = pair(optimizer)
            try:
                with failing(name, after):
                    ACTIONS[action](runs[0], runs[1])
            except MemoryError:
                raised += 1
            for run in runs:
                check(run)
    assert raised


def test_an_update_is_made_as_a_whole_or_not_at_all() -> None:
    run = pair("adam")[0]
    trainer = run.trainer
    before = trainer.step, trainer.optimizer.t, run.model.parameters.tobytes(), as_bytes(trainer.optimizer.state)
    with failing("sqrt", 0), pytest.raises(MemoryError):
        run.train("batch")
    assert before == (
        trainer.step,
        trainer.optimizer.t,
        run.model.parameters.tobytes(),
        as_bytes(trainer.optimizer.state),
    )


def as_bytes(state: dict[str, Any]) -> dict[str, bytes]:
    return {name: vector.tobytes() for name, vector in state.items()}


def test_through_the_session() -> None:
    """The page gets the error, and the run is saved and comes back as it stands."""
    session = Session()
    run_id = session.runs()[0]["id"]
    with failing("full", 3), pytest.raises(MemoryError):
        session.advance(id=run_id, steps=50, metrics=True)
    step = session.runs()[0]["step"]
    [summary] = session.restore_run(bytes=session.export_run(id=run_id)["bytes"].tobytes())
    assert (summary["step"], step > 0) == (step, True)
    assert session.advance(id=run_id, steps=20)["step"] == step + 20
