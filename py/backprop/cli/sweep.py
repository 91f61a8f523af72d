"""``python -m backprop sweep``: train one run for each combination of values; files go to a folder."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..limits import check_integer
from ..wire.sweep import PlannedRun
from ..workers.cluster import Cluster
from ..workers.processes import Processes, default_count
from ..workers.training import Outcome
from .output import Result, brief, draw_bar
from .sweep_file import read_sweep
from .sweep_folder import Finished, SweepFolder, folder_name
from .sweep_table import data_of, lines_of, metric_of, ordered
from .typed import read_whole

MAX_WORKERS = 256


def sweep(options: dict[str, Any]) -> Result:
    """Train one run for each combination of the values in a file, on all cores or on a Dask cluster."""
    if options["dask"] is not None and options["workers"] is not None:
        raise ValueError("--workers does not go with --dask: the cluster has its own workers")
    workers = default_count() if options["workers"] is None else options["workers"]
    check_integer("workers", workers, 1, MAX_WORKERS)
    planned = read_sweep(options["file"])
    folder = SweepFolder(Path(options["out"]) if options["out"] else folder_name(planned.name), planned.runs)
    progress = _Progress(folder, planned.runs)
    if progress.missing:
        with Cluster(options["dask"]) if options["dask"] else Processes(min(workers, len(progress.missing))) as made:
            if isinstance(made, Cluster) and not made.threads:
                sys.stderr.write(f"{options['dask']} has no worker yet: the sweep begins with the first one\n")
            progress.follow(made)
    return _result(planned.name, folder, progress)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("file", help="the sweep, in TOML: name, epochs, [base.trainer] and so on, [values]")
    parser.add_argument("--out", metavar="FOLDER", help="folder of the run files (default sweep-NAME)")
    parser.add_argument("--workers", type=read_whole, help=f"processes (default {default_count()}: cores less one)")
    parser.add_argument("--dask", metavar="ADDRESS", help="train on a Dask cluster: tcp://host:8786 of its scheduler")


class _Progress:
    """Results of a sweep so far, shown on stderr as they come: as a bar on a terminal, else one line for each run."""

    def __init__(self, folder: SweepFolder, runs: Sequence[PlannedRun]) -> None:
        self._folder, self._total = folder, len(runs)
        found = [(run, folder.finished(run)) for run in runs]
        self.results: list[Finished] = [result for _, result in found if result]
        self.missing = [run for run, result in found if not result]
        self.failures: dict[str, str] = {}
        self.resumed = len(self.results)
        if self.results:
            sys.stderr.write(f"resumed: {self.resumed} of {self._total} were there\n")

    def follow(self, workers: Processes | Cluster) -> None:
        """Train the missing runs, and write the file of each as it ends."""
        try:
            for outcome in workers.train(self.missing):
                self._add(self.missing[outcome.number], outcome)
        except KeyboardInterrupt:
            sys.stderr.write(f"\ninterrupted: {len(self.results)} of {self._total} runs are finished; ")
            sys.stderr.write("the same command trains the others\n")
            raise

    def _add(self, run: PlannedRun, outcome: Outcome) -> None:
        if outcome.error:
            self.failures[run["name"]] = outcome.error
            self._show(f"{run['name']}: {outcome.error}")
        else:
            self.results.append(self._folder.write(run, outcome.data))
            self._show(f"{run['name']}: {_loss(self.results[-1])}")

    def _show(self, text: str) -> None:
        done = len(self.results) + len(self.failures)
        if sys.stderr.isatty():
            best = f"best {_loss(ordered(self.results)[0])}" if self.results else ""
            draw_bar(sys.stderr, done, self._total, f"{done} of {self._total} runs  {best}")
        else:
            sys.stderr.write(f"{done} of {self._total}: {text}\n")


def _loss(result: Finished) -> str:
    metrics = result.metrics
    if metrics.held_out_loss is None:
        return f"loss {brief(metrics.loss, 4)}"
    return f"held-out loss {brief(metrics.held_out_loss, 4)}"


def _result(name: str, folder: SweepFolder, progress: _Progress) -> Result:
    """Return the results, the best first, then the failures; the exit code is 1 if a run failed."""
    results, failures = ordered(progress.results), progress.failures
    data = {
        "name": name,
        "folder": str(folder.path),
        "ordered_by": metric_of(results),
        "resumed": progress.resumed,
        "runs": [data_of(each) for each in results],
        "failed": [{"name": run, "error": error} for run, error in failures.items()],
    }
    lines = [*lines_of(results), *(f"{run} failed: {error}" for run, error in failures.items())]
    return Result(data, [*lines, f"saved to {folder.path}"], 1 if failures else 0)
