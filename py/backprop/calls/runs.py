"""Calls about the list of runs."""

# ruff: noqa: A002  # `id` is the name on the wire

from ..limits import check_flag
from ..wire import configs
from ..wire.configs import PartialRunConfig
from ..wire.overview import summaries
from ..wire.summary import Summaries
from .calls import Calls


class RunCalls(Calls):
    """The runs."""

    def runs(self) -> Summaries:
        """Return summaries of all runs, oldest first."""
        return summaries(self._runs)

    def create_run(self, *, name: str | None = None, config: PartialRunConfig | None = None) -> Summaries:
        """Create a run and activate it; settings that `config` leaves out take their defaults."""
        self._runs.create(name, self._runs.plan(config))
        return self.runs()

    def activate_run(self, *, id: str) -> Summaries:
        """Make run `id` the active one."""
        self._runs.activate(id)
        return self.runs()

    def reset_run(self, *, id: str) -> Summaries:
        """Reset run `id` to its exact initial state."""
        self._runs.reset(id)
        return self.runs()

    def restore_best(self, *, id: str) -> Summaries:
        """Restore the best weights of run `id`. Its step and history stay: training continues from there."""
        self._runs.restore_best(id)
        return self.runs()

    def restore_first(self, *, id: str) -> Summaries:
        """Restore the initial weights of run `id` only: unlike with a reset, its step and history stay."""
        self._runs.restore_first(id)
        return self.runs()

    def rename_run(self, *, id: str, name: str) -> Summaries:
        """Rename run `id`; a name that is taken gets a number, as in "name (2)"."""
        self._runs.rename(id, name)
        return self.runs()

    def delete_run(self, *, id: str) -> Summaries:
        """Delete run `id`; the last run cannot be deleted. The neighbour of a deleted active run becomes active."""
        self._runs.delete(id)
        return self.runs()

    def duplicate_run(self, *, id: str) -> Summaries:
        """Copy run `id` with its weights and history, under a name of its own."""
        self._runs.duplicate(id)
        return self.runs()

    def twin_run(self, *, id: str, changes: configs.Changes, name: str | None = None) -> Summaries:
        """Create a twin of run `id`: the same initial weights, samples and shuffling order, with one other setting."""
        self._runs.twin(id, changes, name)
        return self.runs()

    def archive_run(self, *, id: str, archived: bool) -> Summaries:
        """Archive run `id`, or unarchive it. Nothing else changes."""
        self._runs.get(id).archived = check_flag("archived", archived)
        return self.runs()
