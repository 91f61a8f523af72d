"""Names of exported files."""

import re

from ..runs.run import TrainingRun


def file_name(run: TrainingRun, ending: str) -> str:
    """Return a file name for a run that is valid on every system: "backprop-Run-1.csv"."""
    plain = re.sub(r"[^0-9A-Za-z_]+", "-", run.name).strip("-")
    return f"backprop-{plain or run.id}{ending}"
