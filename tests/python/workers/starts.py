"""A plugin of a Dask worker, loaded with --preload: it writes each start of a task to the file STARTS names."""

import os
from pathlib import Path

from distributed import Worker, WorkerPlugin

import backprop.workers.training  # noqa: F401  # both workers begin their first run at once


class Starts(WorkerPlugin):
    """One line for each start: the process that trains, and the task's key."""

    def transition(self, key: object, start: str, finish: str, **kwargs: object) -> None:  # noqa: ARG002  # Dask's names
        """Write a line when a task begins."""
        if finish == "executing":
            with Path(os.environ["STARTS"]).open("a", encoding="utf-8") as file:
                file.write(f"{os.getpid()} {key}\n")


async def dask_setup(worker: Worker) -> None:
    """Add the plugin to a worker that begins."""
    await worker.plugin_add(Starts())
