"""Processes that train runs: the same bits as alone, and a death that loses only its run."""

import hashlib
import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from backprop.cli.command_line import main
from backprop.files.safetensors import unpack
from backprop.sweep.plan import plan_sweep
from backprop.wire.sweep import PlannedRun
from backprop.workers.processes import ONE_THREAD, Processes
from backprop.workers.training import EndedError, train_run

pytestmark = [pytest.mark.native, pytest.mark.slow]  # starts processes

LONG = 1_000_000  # epochs: minutes


def runs(epochs: int, *seeds: int) -> list[PlannedRun]:
    return plan_sweep(None, {"model.seed": list(seeds)}, epochs)["runs"]


def sha256(data: bytes) -> dict[str, str]:
    """The checksum of each array of a run file but those of clock times."""
    arrays = {name: array for name, array in unpack(data)[1].items() if not name.endswith("seconds")}
    assert len(arrays) > 30
    return {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()}


def children() -> set[int]:
    return {child.pid or 0 for child in multiprocessing.active_children()}


def killed(deaths: int) -> tuple[threading.Thread, list[int]]:
    """A thread that kills the only process that trains, and each one that takes its place."""
    pids: list[int] = []

    def kill() -> None:
        while len(pids) < deaths:
            for pid in children() - set(pids):
                psutil.Process(pid).kill()
                pids.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread, pids


@pytest.mark.parametrize("count", [1, 2])
def test_runs_have_the_bits_of_the_command_train(count: int, tmp_path: Path) -> None:
    base = {"trainer": {"optimizer": "adam"}, "stopping": {"early_stopping": True, "patience": 3}}
    planned = plan_sweep(base, {"model.hidden_dims": [[64, 48], [5]], "model.seed": [3]}, 9)["runs"]
    with Processes(count) as processes:
        outcomes = {outcome.number: outcome for outcome in processes.train(planned)}
    assert sorted(outcomes) == [0, 1]
    for number, widths in enumerate(("64,48", "5")):
        file = tmp_path / f"{number}.safetensors"
        options = ["--hidden", widths, "--model-seed", "3", "--optimizer", "adam", "--early-stopping", "true"]
        ends = ["--patience", "3", "--max-epochs", "9", "--epochs", "9"]
        assert main(["train", *options, *ends, "--save", str(file)]) == 0
        assert sha256(outcomes[number].data) == sha256(file.read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, 1])
def test_the_death_of_a_process_loses_only_its_run(place: int) -> None:
    """One process is idle, the other one trains a longer run: either may die, and the other stays."""
    planned = [*runs(3, 0), *runs(150, 1, 2)]
    with Processes(2) as processes:
        outcomes = processes.train(planned)
        ended = [next(outcomes)]
        pids = sorted(children())
        psutil.Process(pids[place]).kill()
        ended += outcomes
        assert pids[1 - place] in children()
        assert pids[place] not in children()
    assert sorted(outcome.number for outcome in ended) == [0, 1, 2]
    for outcome in ended:
        alone = train_run("alone", planned[outcome.number]["config"])
        assert sha256(outcome.data) == sha256(alone)


def test_a_run_that_loses_two_processes_has_failed_and_the_others_go_on() -> None:
    with Processes(1) as processes:
        thread, pids = killed(2)
        outcomes = list(processes.train(runs(3, 0, 1, 2)))
        thread.join()
    assert len(set(pids)) == 2
    assert [(outcome.number, outcome.error) for outcome in outcomes] == [
        (0, "its process died 2 times, as for want of memory"),
        (1, ""),
        (2, ""),
    ]


@pytest.mark.slow
def test_the_end_of_the_sweep_ends_runs_that_are_under_way() -> None:
    with Processes(2) as processes:
        short, *long = runs(3, 0), runs(LONG, 1)
        outcomes = processes.train([*short, *long[0]])
        assert next(outcomes).number == 0
        started = children()
    assert len(started) == 2
    assert not any(psutil.pid_exists(pid) for pid in started)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    yield
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


@pytest.mark.usefixtures("environment")
def test_matrix_products_use_one_thread_in_each_process() -> None:
    with Processes(1) as processes:
        outcomes = processes.train([*runs(3, 0), *runs(LONG, 1)])
        next(outcomes)
        (pid,) = children()
        found = psutil.Process(pid).environ()
    assert {name: found[name] for name in ONE_THREAD} == ONE_THREAD


def test_a_run_ends_when_it_is_asked_to() -> None:
    answers = iter([False, True])
    with pytest.raises(EndedError):
        train_run("long", runs(LONG, 0)[0]["config"], lambda: next(answers))


def test_an_error_in_a_run_is_its_outcome_and_the_others_go_on() -> None:
    """A plan comes from `plan_sweep`; here one was changed after it."""
    planned: Sequence[PlannedRun] = runs(3, 0, 1)
    planned[0]["config"]["trainer"]["batch_size"] = 1000
    with Processes(1) as processes:
        first, second = processes.train(planned)
    assert first.error == "trainer.batch_size must be between 1 and 80 (the number of training samples), got 1000"
    assert (first.data, second.error) == (b"", "")
