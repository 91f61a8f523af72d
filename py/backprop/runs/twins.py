"""Twins: runs with the same start and one different setting, the cause of all later differences.

Twins share initial weights, samples and seeded sample order. Each trainer keeps a checksum of all its batches, and
`proven` compares them to verify that the batches were the same. Samples and initial weights are compared by SHA-256,
computed once; batches by a CRC-32, updated at each step, where every microsecond counts. Different batches have the
same CRC-32 by accident with probability 2⁻³².
"""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import uuid4

from ..fields import check_dict
from ..limits import LIMITS
from .config import SETTINGS, RunConfig
from .run import TrainingRun

# Fields that do not change initial weights, samples or sample order, with their sections.
TWIN_FIELDS = {
    name: section for section in ("trainer", "model") for name, setting in SETTINGS[section].items() if setting.twin
}


def make_twin(run: TrainingRun, changes: object) -> TrainingRun:
    """Create a run with the start of `run` and one setting changed, and link the two as twins.

    Parameters
    ----------
    changes : a dict of one of `TWIN_FIELDS` and its value in the twin. With the same value as in `run`, the twin gives
        the same results, to the last bit.

    Raises
    ------
    ValueError
        If the field would change the start, or its value is invalid; then `run` is not modified.
    """
    return _linked(run, TrainingRun(twin_config(run, changes), run.name))


def _linked(run: TrainingRun, twin: TrainingRun) -> TrainingRun:
    twin.initial_parameters[:] = run.initial_parameters
    twin.reset()
    run.twin_group = twin.twin_group = run.twin_group or uuid4().hex
    return twin


def twin_config(run: TrainingRun, changes: object) -> RunConfig:
    """Return the config of a twin, or raise ValueError as `make_twin` does."""
    return _changed(ours(run.config), *_one_change(changes))


def make_same(run: TrainingRun) -> TrainingRun:
    """Create a twin of a run without any difference, trained by our code, and link the two."""
    return _linked(run, TrainingRun(ours(run.config), run.name))


def ours(config: RunConfig) -> RunConfig:
    """Return a config of a run, whose class may be that of a learner's copy of this package, as one of ours."""
    return config if isinstance(config, RunConfig) else RunConfig.from_dict(config.to_dict())


def twins_of(run: TrainingRun, runs: Sequence[TrainingRun]) -> list[TrainingRun]:
    """Return the twins of `run` among `runs`."""
    if run.twin_group is None:
        return []
    return [other for other in runs if other is not run and other.twin_group == run.twin_group]


def advance_together(runs: Sequence[TrainingRun], steps: int, max_seconds: float | None = None) -> int:
    """Train twins in lock-step: those behind catch up first, then all make the same steps.

    A run that stopped automatically waits while the others continue; it catches up after it is resumed.

    As with `TrainingRun.advance`, the result depends only on the number of steps: twice 100 equals 200 at once.

    Parameters
    ----------
    runs : the first run determines how many steps fit into its share of `max_seconds`; the others make as many

    Returns
    -------
    number of steps made by all runs that were not ahead and did not stop
    """
    done, deadline = 0, math.inf if max_seconds is None else time.perf_counter() + max_seconds
    while done < steps and (done == 0 or time.perf_counter() < deadline) and finish_all_measuring(runs, deadline):
        going = [run for run in runs if not run.stopped]
        if not going:
            break
        behind, gap = _behind(going)
        first, *others = behind
        share = None if max_seconds is None else max(1e-6, deadline - time.perf_counter()) / len(behind)
        count = len(first.advance(min(steps - done, gap or steps, *map(_max_steps, behind)), share))
        for run in others if count else []:
            run.follow_twin(count, deadline)
        done += count
    return done


def finish_all_measuring(runs: Sequence[TrainingRun], deadline: float) -> bool:
    """Finish the measurements of runs, one after the other, until the deadline; return whether all are finished."""
    all(run.finish_measuring(deadline) for run in runs)  # stops at the first run that reaches the deadline
    return not any(run.is_measuring for run in runs)


def _max_steps(run: TrainingRun) -> int:
    """Return the number of steps until the next long measurement."""
    return int(LIMITS["steps"][1]) if run.is_cheap else run.trainer.steps_left_in_epoch


def _behind(runs: Sequence[TrainingRun]) -> tuple[list[TrainingRun], int]:
    """Return the runs with the fewest steps, and their distance to the next run; 0 if all are at the same step."""
    lowest, *higher = sorted({run.trainer.step for run in runs})
    return [run for run in runs if run.trainer.step == lowest], higher[0] - lowest if higher else 0


def proven(runs: Sequence[TrainingRun]) -> Literal["batches", "order", "start"] | None:
    """Return what the checksums prove that these runs have in common.

    Returns
    -------
    "batches" : same start, same number of steps, same batches
    "order" : same start, same number of steps, same sample order in different batches
    "start" : same start, different numbers of steps
    None : different starts
    """
    if len({_start(run) for run in runs}) > 1:
        return None
    if len({run.trainer.step for run in runs}) > 1:
        return "start"
    seen = {(run.trainer.progress.batches_crc32, run.trainer.config.batch_size) for run in runs}
    return "order" if len(seen) > 1 else "batches"


def _start(run: TrainingRun) -> tuple[str, str, int]:
    """Return what determines the start of a run: samples, initial weights, and the seed of all sample orders."""
    return run.dataset.digest, run.first_weights, run.trainer.config.seed


def _one_change(changes: object) -> tuple[str, object]:
    given = check_dict("changes", changes)
    if len(given) != 1:
        raise ValueError(
            f"changes must name exactly one field, got {len(given)}: a difference must have a single cause"
        )
    [(field, value)] = given.items()
    if field not in TWIN_FIELDS:
        raise ValueError(
            f"{str(field)[:40]} must stay as it is in a twin, which has the same initial weights, samples and order: "
            f"only {', '.join(TWIN_FIELDS)} can differ. To change another setting, create a new run"
        )
    return field, value


def _changed(config: RunConfig, field: str, value: Any) -> RunConfig:
    if TWIN_FIELDS[field] == "model":
        return replace(config, model=replace(config.model, **{field: value}).validated())
    trainer = replace(config.trainer, **{field: value}).validated(config.num_train)
    return config.with_trainer(trainer)
