"""All training runs of a session."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from ..learner.code import LearnerError
from ..monitor.history import History
from .config import RunConfig
from .memory import bytes_in_use, bytes_of, check_budget, largest
from .names import check_name, free_name
from .own_code import hash_of
from .own_versions import USERS, forget_unused, package_of, revived, show_last_pass, with_version
from .record import from_record, to_record
from .run import TrainingRun
from .run_state import now
from .twins import make_same, make_twin, ours, twin_config, twins_of

TWIN_NAME = 90  # characters of a run's name in the name of its twin


class TrainingRunManager:
    """All runs, in order of creation. One of them is active: the run on screen.

    Each run owns its model, so activating another run swaps all weights, activations and gradients at once. All runs
    share one budget of memory; a run that would exceed it is refused.
    """

    def __init__(self) -> None:
        self._runs: dict[str, TrainingRun] = {}
        self._created = 0
        self._active = ""
        USERS.add(self)
        self._run_here: set[str] = set()  # hashes of the versions that the learner has run in this session

    def create(self, name: str | None = None, config: RunConfig | None = None) -> TrainingRun:
        """Create a run, measure it if that is cheap, and activate it. The default names are "Run 1", "Run 2", …."""
        run = TrainingRun(config, self._next_name() if name is None else name)
        run.measure_if_cheap()  # before adding it, so that a failure adds no run
        return self.add(run)

    def plan(self, config: object) -> RunConfig:
        """Validate the config of a new run; refuse one that needs more memory than is left."""
        checked = RunConfig.from_dict(config)
        parts = bytes_of(checked)
        check_budget(f"{largest(parts)} must be smaller: this run", sum(parts.values()), self._in_use())
        return checked

    def duplicate(self, run_id: object) -> TrainingRun:
        """Copy a run with its weights and history, under a name of its own."""
        original = self.get(run_id)
        check_budget("The copy", bytes_in_use(original), self._in_use())
        copy = from_record(to_record(original))
        run = revived(copy) if original.code.running else copy
        run.created, run.archived = now(), False
        return self._add_renamed(run)

    def twin(self, run_id: object, changes: object, name: object = None) -> TrainingRun:
        """Create a twin of a run with one other setting; see `make_twin`. The default name is "Run 1 twin"."""
        run = self.get(run_id)
        check_budget("The twin", sum(bytes_of(twin_config(run, changes)).values()), self._in_use())
        named = f"{run.name[:TWIN_NAME]} twin" if name is None else check_name(name)
        twin = make_twin(run, changes)
        twin.code.drafts, twin.code.waiting = dict(run.code.drafts), dict(run.code.waiting)
        if run.code.running:
            twin = with_version(twin, run.code.running)
            twin.code.restart()
        twin.name = named
        twin.measure_if_cheap()
        return self._add_renamed(twin)

    def import_record(self, record: dict[str, Any], activate: bool) -> TrainingRun:
        """Add a run from elsewhere. It replaces nothing: an id or a name in use is changed."""
        return self._add_renamed(from_record(record, self._in_use(), share=1), activate)

    def restore_record(self, record: dict[str, Any], activate: bool, trusted: Sequence[str] = ()) -> TrainingRun:
        """Restore a saved run; it replaces the run with its id, if any.

        Its version of the learner's code goes on if its hash is `trusted`, or if it was run in this session; otherwise
        it waits, and is not executed.
        """
        run = from_record(record, self._in_use(without=record["id"]))
        run = revived(run) if hash_of(run.code.waiting) in {*trusted, *self._run_here} else run
        return self.replace(run, activate) if run.id in self._runs else self.add(run, activate)

    def run_code(self, run_id: object) -> TrainingRun:
        """Train a run with the learner's drafts from its next step on, or with our code if there are none.

        Raises
        ------
        LearnerError
            If the code cannot run. Then the version that trained the run before stays in force.
        """
        run = self.get(run_id)
        check_budget("Running the code", bytes_in_use(run), self._in_use())
        try:
            other = with_version(run, run.code.drafts)
        except LearnerError as error:
            run.code.error = error
            forget_unused()
            raise
        if run.code.running != other.code.running:
            other.code.begin_span(other.trainer.step)
        self._runs[run.id] = other
        self._run_here.add(hash_of(other.code.running))
        forget_unused()
        return other

    def note_error(self, error: LearnerError) -> None:
        """Keep a failure of the learner's code with the runs that it trains."""
        for run in self.runs:
            if error.package and package_of(run) == error.package:
                run.code.error = error
                show_last_pass(run)

    def twin_with_ours(self, run_id: object) -> TrainingRun:
        """Create a twin of a run that our code trains, with no other difference."""
        run = self.get(run_id)
        if not run.code.running:
            raise ValueError("id must be that of a run that is trained by your code")
        check_budget("The twin", sum(bytes_of(ours(run.config)).values()), self._in_use())
        twin = make_same(run)
        twin.name = f"{run.name[:TWIN_NAME]} (our code)"[:100]
        twin.measure_if_cheap()
        return self._add_renamed(twin)

    def configure(self, run: TrainingRun, changes: dict[str, Any]) -> None:
        """Change settings of a run's trainer, unless it would need more memory than is left."""
        larger = {name: changes[name] for name in ("batch_size", "optimizer") if name in changes}
        if larger:
            trainer = replace(run.config.trainer, **larger).validated(run.config.num_train)
            needed = sum(bytes_of(run.config, trainer, len(run.trainer.batch)).values()) + run.history.nbytes
            check_budget(f"{next(iter(larger))} must be another: this run", needed, self._in_use(without=run.id))
        run.configure(**changes)
        if run.metrics is None:
            run.measure_if_cheap()

    def twins_of(self, run: TrainingRun) -> list[TrainingRun]:
        """Return the twins of a run."""
        return twins_of(run, self.runs)

    def _add_renamed(self, run: TrainingRun, activate: bool = False) -> TrainingRun:
        run.name = free_name(run.name, {other.name for other in self.runs})
        return self.add(run, activate)

    def _in_use(self, without: str | None = None) -> int:
        return sum(bytes_in_use(run) for run in self.runs if run.id != without)

    def add(self, run: TrainingRun, activate: bool = True) -> TrainingRun:
        """Add a run. If its id is in use, it gets a new one and loses its twin link."""
        if run.id in self._runs:
            run.id, run.twin_group = uuid4().hex, None
        self._runs[run.id] = run
        self._created += 1
        if activate or len(self._runs) == 1:
            self._active = run.id
        return run

    def replace(self, run: TrainingRun, activate: bool = True) -> TrainingRun:
        """Replace the run that has the same id."""
        self.get(run.id)
        self._runs[run.id] = run
        return self.activate(run.id) if activate else run

    @property
    def runs(self) -> list[TrainingRun]:
        """All runs, oldest first."""
        return list(self._runs.values())

    @property
    def active(self) -> TrainingRun:
        """The active run."""
        return self.get(self._active)

    def get(self, run_id: object) -> TrainingRun:
        """Return the run with this id, or raise ValueError."""
        run = self._runs.get(run_id) if isinstance(run_id, str) else None
        if run is None:
            raise ValueError(f"id: there is no run {str(run_id)[:40]!r}")
        return run

    def find(self, run_id: object = None) -> TrainingRun:
        """Return the run with this id, or the active one."""
        return self.active if run_id is None else self.get(run_id)

    def choose(self, run_ids: object = None, *, strict: bool = True) -> list[TrainingRun]:
        """Return the runs with these ids, or all; if not `strict`, without those that do not exist."""
        if run_ids is None:
            return self.runs
        if not isinstance(run_ids, list | tuple):
            raise ValueError(f"ids must be a list of run ids, got {type(run_ids).__name__}")
        known = list(self._runs)  # an id that is refused may be anything, even what no dict can look up
        return [self.get(run_id) for run_id in run_ids if strict or run_id in known]

    def activate(self, run_id: object) -> TrainingRun:
        """Activate a run."""
        run = self.get(run_id)
        self._active = run.id
        return run

    def reset(self, run_id: object) -> TrainingRun:
        """Reset a run to its exact initial state."""
        run = self.get(run_id)
        run.reset()
        run.code.restart()
        run.measure_if_cheap()
        return run

    def restore_best(self, run_id: object) -> None:
        """Restore the best weights of a run."""
        run = self.get(run_id)
        run.restore_best()
        run.measure_if_cheap()

    def restore_first(self, run_id: object) -> None:
        """Restore the initial weights of a run; its step and history stay."""
        run = self.get(run_id)
        run.restore_first()
        run.measure_if_cheap()

    def rename(self, run_id: object, name: object) -> TrainingRun:
        """Rename a run; a name in use gets a number."""
        run = self.get(run_id)
        run.name = free_name(check_name(name), {other.name for other in self.runs if other is not run})
        return run

    def delete(self, run_id: object) -> None:
        """Delete a run. If it was active, the next run becomes active, or the previous one if it was the last."""
        run = self.get(run_id)
        if len(self._runs) == 1:
            raise ValueError("id must not be that of the only run: create another one first")
        if run.id == self._active:
            ids = list(self._runs)
            place = ids.index(run.id)
            self._active = ids[place + 1] if place + 1 < len(ids) else ids[place - 1]
        del self._runs[run.id]
        forget_unused()

    def losses(self) -> dict[str, History]:
        """Return the loss history of each run, by id."""
        return {run.id: run.history for run in self.runs}

    def _next_name(self) -> str:
        names, number = {run.name for run in self.runs}, self._created + 1
        while f"Run {number}" in names:
            number += 1
        return f"Run {number}"
