"""All training runs of a session."""

from uuid import uuid4

from ..monitor.history import History
from .config import RunConfig
from .names import check_name, free_name
from .run import TrainingRun


class TrainingRunManager:
    """All runs, in order of creation. One of them is active: the run on screen.

    Each run owns its model, so activating another run swaps all weights, activations and gradients at once.
    """

    def __init__(self) -> None:
        self._runs: dict[str, TrainingRun] = {}
        self._created = 0
        self._active = ""

    def create(self, name: str | None = None, config: RunConfig | None = None) -> TrainingRun:
        """Create a run, measure it if that is cheap, and activate it. The default names are "Run 1", "Run 2", …."""
        run = TrainingRun(config, self._next_name() if name is None else name)
        run.measure_if_cheap()  # before adding it, so that a failure adds no run
        return self.add(run)

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

    def activate(self, run_id: object) -> TrainingRun:
        """Activate a run."""
        run = self.get(run_id)
        self._active = run.id
        return run

    def reset(self, run_id: object) -> TrainingRun:
        """Reset a run to its exact initial state."""
        run = self.get(run_id)
        run.reset()
        return run

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

    def losses(self) -> dict[str, History]:
        """Return the loss history of each run, by id."""
        return {run.id: run.history for run in self.runs}

    def _next_name(self) -> str:
        names, number = {run.name for run in self.runs}, self._created + 1
        while f"Run {number}" in names:
            number += 1
        return f"Run {number}"
