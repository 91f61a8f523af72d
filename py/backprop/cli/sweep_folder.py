"""The folder with the run files of a sweep: which runs are finished, and the files of the others."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files.run_file import from_bytes
from ..runs.metrics import Metrics
from ..runs.record import from_record
from ..runs.run import TrainingRun
from ..wire.sweep import PlannedRun
from .run_files import read_run, write_whole

ENDING = ".safetensors"


@dataclass(frozen=True)
class Finished:
    """The result of a finished run: its name, its file and what was measured at its end."""

    run: PlannedRun
    file: Path
    metrics: Metrics
    epoch: float
    reason: str


class SweepFolder:
    """A folder with one run file for each run of a sweep.

    Parameters
    ----------
    path : the folder; it is made if it does not exist
    runs : the runs of the sweep

    Raises
    ------
    ValueError
        If the folder cannot be made.
    """

    def __init__(self, path: Path, runs: Sequence[PlannedRun]) -> None:
        self.path, self._files = path, _file_names(runs)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"--out: {path} cannot be made: {error.strerror}") from None

    def finished(self, run: PlannedRun) -> Finished | None:
        """Return the result of a run whose file is there; None if it is not.

        A file that is not a run is kept under another name.

        Raises
        ------
        ValueError
            If the file of another run is in its place.
        """
        path = self.path / self._files[run["name"]]
        if not path.exists():
            return None
        try:
            found = read_run(str(path))
        except ValueError as error:
            _put_aside(path, error)
            return None
        wanted = _by_name(run["config"])
        other = [name for name, value in _by_name(found.config.to_dict()).items() if value != wanted[name]]
        if other or not (found.stopped and found.metrics):
            difference = f"with another {other[0]}" if other else "that has not ended"
            raise ValueError(f"{path} is a run {difference}: choose another folder with --out")
        return _result(run, path, found)

    def write(self, run: PlannedRun, data: bytes) -> Finished:
        """Write the file of a run that has ended, whole or not at all, and return its result."""
        path = self.path / self._files[run["name"]]
        ended = from_record(from_bytes(data))
        write_whole(path, data)
        return _result(run, path, ended)


def folder_name(name: str) -> Path:
    """Return the default folder of a sweep: sweep-NAME."""
    return Path(f"sweep-{_plain(name) or 'runs'}")


def _plain(name: str) -> str:
    """Return a name as a part of a file name that is valid on every system."""
    return re.sub(r"[^0-9A-Za-z_.]+", "-", name).strip("-.")


def _file_names(runs: Sequence[PlannedRun]) -> dict[str, str]:
    """Return a file name for each run, the same for the same plan, and different also where case does not count."""
    names: dict[str, str] = {}
    for run in runs:
        plain, number = _plain(run["name"]) or "run", 1
        stem = plain
        while f"{stem}{ENDING}".lower() in {each.lower() for each in names.values()}:
            number += 1
            stem = f"{plain}-{number}"
        names[run["name"]] = f"{stem}{ENDING}"
    return names


def _result(run: PlannedRun, path: Path, ended: TrainingRun) -> Finished:
    stopped, metrics = ended.stopped, ended.metrics
    if stopped is None or metrics is None:
        raise ValueError(f"{path}: the run has not ended")
    return Finished(run, path, metrics, stopped.epoch, stopped.reason)


def _by_name(config: Mapping[str, Any]) -> dict[str, object]:
    """Return the settings of a config by their whole names."""
    return {f"{section}.{name}": value for section, each in config.items() for name, value in each.items()}


def _put_aside(path: Path, error: ValueError) -> None:
    aside = path.with_name(f"{path.name}.unreadable")
    sys.stderr.write(f"{path} is kept as {aside.name}: {error}\n")
    path.replace(aside)
