"""Twins: runs that began alike and differ in one setting, so that what differs later comes from that setting alone.

They have the first weights, the samples and the seeded order of visits in common. Whether they also had the same
batches so far is not taken on trust: each trainer keeps a hash of every batch it visited, and `proven` compares them.
Samples and first weights go by their SHA-256, made once; the batches by a CRC-32, made anew at each step, where every
microsecond counts: of two histories that differ by accident it takes one in 2^32 for the same.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from .limits import LIMITS
from .run_config import RunConfig, check_dict
from .training_run import TrainingRun

# What leaves the first weights, the samples and the order of visits as they are, and the section it stands in.
TWIN_FIELDS = {
    "learning_rate": "trainer",
    "batch_size": "trainer",
    "loss_type": "trainer",
    "optimizer": "trainer",
    "momentum": "trainer",
    "beta1": "trainer",
    "beta2": "trainer",
    "epsilon": "trainer",
    "weight_decay": "trainer",
    "clip_norm": "trainer",
    "activation": "model",
}


def make_twin(run: TrainingRun, changes: object) -> TrainingRun:
    """Return a run that begins where `run` began, with one setting changed, and make the two twins.

    Parameters
    ----------
    changes : a dict of one of `TWIN_FIELDS` and its value in the twin. The same value as in `run` gives a twin that
        comes out the same, to the last bit.

    Raises
    ------
    ValueError
        If the field would change the start, or its value is refused; then nothing has changed.
    """
    field, value = _one_change(changes)
    config = _changed(run.config, field, value)
    twin = TrainingRun(config, run.name)
    twin.initial_parameters[:] = run.initial_parameters
    twin.reset()
    run.twin_group = twin.twin_group = run.twin_group or uuid4().hex
    return twin


def twins_of(run: TrainingRun, runs: Sequence[TrainingRun]) -> list[TrainingRun]:
    """Return those of `runs` that are twins of `run`."""
    if run.twin_group is None:
        return []
    return [other for other in runs if other is not run and other.twin_group == run.twin_group]


def advance_together(runs: Sequence[TrainingRun], steps: int, max_seconds: float | None = None) -> int:
    """Train twins in lock-step: whoever is behind catches up, then all make the same steps.

    One that has stopped of itself waits; the others go on without it. When it is let go on, it catches up.

    Like `TrainingRun.advance` it depends on nothing but the number of steps: 100 of them twice equal 200 at once.

    Parameters
    ----------
    runs : the first one finds out how many steps fit into its share of `max_seconds`; the others make as many

    Returns
    -------
    steps done, by all who were not ahead and did not stop
    """
    done, deadline = 0, math.inf if max_seconds is None else time.perf_counter() + max_seconds
    while done < steps and (done == 0 or time.perf_counter() < deadline) and all_caught_up(runs, deadline):
        going = [run for run in runs if not run.stopped]
        if not going:
            break
        behind, gap = _behind(going)
        first, *others = behind
        share = None if max_seconds is None else max(1e-6, deadline - time.perf_counter()) / len(behind)
        count = len(first.advance(min(steps - done, gap or steps, *map(_most, behind)), share))
        for run in others if count else []:
            run.keep_up(count, deadline)
        done += count
    return done


def all_caught_up(runs: Sequence[TrainingRun], deadline: float) -> bool:
    """Measure what runs have left to measure, one after the other; returns whether all of it was done in time."""
    return all(run.catch_up(deadline) for run in runs)


def _most(run: TrainingRun) -> int:
    """How many steps a run may make before there is something to measure that takes long."""
    return int(LIMITS["steps"][1]) if run.is_cheap else run.trainer.steps_left_in_epoch


def _behind(runs: Sequence[TrainingRun]) -> tuple[list[TrainingRun], int]:
    """Return the runs with the fewest steps, and how many they lack to the next one; 0 if all are level."""
    lowest, *higher = sorted({run.trainer.step for run in runs})
    return [run for run in runs if run.trainer.step == lowest], higher[0] - lowest if higher else 0


def proven(runs: Sequence[TrainingRun]) -> str | None:
    """Say what the hashes prove that these runs have in common, now.

    Returns
    -------
    "batches" : the same start, and as many steps on the very same batches
    "order" : the same start and as many steps, through the samples in the same seeded order but in other batches
    "start" : the same start, but they are not at the same step
    None : not even that
    """
    if len({_start(run) for run in runs}) > 1:
        return None
    if len({run.trainer.step for run in runs}) > 1:
        return "start"
    seen = {(run.trainer.visits, run.trainer.config.batch_size) for run in runs}
    return "order" if len(seen) > 1 else "batches"


def _start(run: TrainingRun) -> tuple[str, str, int]:
    """What decides where a run began. All orders of visits are drawn from one generator: its seed stands for them."""
    return run.dataset.digest, run.first_weights, run.trainer.config.seed


def _one_change(changes: object) -> tuple[str, object]:
    given = check_dict("changes", changes)
    if len(given) != 1:
        raise ValueError(
            f"changes must name exactly one field, got {len(given)}: then it is plain what made a difference"
        )
    [(field, value)] = given.items()
    if field not in TWIN_FIELDS:
        raise ValueError(
            f"{str(field)[:40]} must stay as it is in a twin, which has the same first weights, samples and order: "
            f"only {', '.join(TWIN_FIELDS)} can differ. For anything else make a new run"
        )
    return field, value


def _changed(config: RunConfig, field: str, value: Any) -> RunConfig:
    if TWIN_FIELDS[field] == "model":
        return replace(config, model=replace(config.model, **{field: value}))
    trainer = replace(config.trainer, **{field: value}).validated(config.num_train)
    return config.with_trainer(trainer)
