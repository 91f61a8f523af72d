"""Calls that make files of runs, and runs of files."""

# ruff: noqa: A002  # `id` is the name on the wire

from collections.abc import Sequence

from ..files import exports
from ..files.exports import Buffer, SavedHistory
from ..limits import check_flag
from ..runs.own_code import check_hashes
from ..wire.overview import summaries
from ..wire.summary import Summaries
from .calls import Calls


class FileCalls(Calls):
    """Runs as files."""

    def export_run(self, *, id: str, history: bool = True) -> exports.RunFile:
        """Return run `id` as a run file; without the long part of its history, a checkpoint for `restore_run`."""
        return exports.run_file(self._runs.get(id), history=check_flag("history", history))

    def import_run(self, *, bytes: Buffer, activate: bool = False) -> Summaries:
        """Add the run of a run file. It replaces nothing: an id or a name that is taken is changed."""
        self._runs.import_record(exports.read_checkpoint(bytes), check_flag("activate", activate))
        return summaries(self._runs)

    def checkpoint(self, *, id: str, generation: int = 0, start: int = 0) -> exports.Checkpoint:
        """Return a checkpoint of run `id` and the rows of its history from `start` on, both of one moment."""
        return exports.checkpoint(self._runs.get(id), generation=generation, start=start)

    def restore_run(
        self,
        *,
        bytes: Buffer,
        history: SavedHistory | None = None,
        activate: bool = False,
        trusted: Sequence[str] = (),
    ) -> Summaries:
        """Restore a checkpoint and the saved rows of its history; it replaces the run of its id, if there is one.

        The learner's code of the run goes on only if its `version` is `trusted`: else it waits, as after an import.
        """
        record = exports.read_checkpoint(bytes, history)
        self._runs.restore_record(record, check_flag("activate", activate), check_hashes(trusted))
        return summaries(self._runs)

    def export_pytorch(self, *, id: str) -> exports.TextFile:
        """Return run `id` as a Python script that rebuilds its model in PyTorch and checks its logits."""
        return exports.pytorch_file(self._runs.get(id))

    def history_csv(self, *, id: str) -> exports.TextFile:
        """Return the losses of run `id` as a table."""
        return exports.csv_file(self._runs.get(id))
