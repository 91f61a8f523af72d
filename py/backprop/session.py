"""The session: all runs of one page, and every call on them.

The calls stand by subject in calls/. The page's types (web/api.d.ts) and docs/scripting.md are generated from their
signatures.
"""

from .calls.code import CodeCalls
from .calls.course import CourseCalls
from .calls.data import DataCalls
from .calls.files import FileCalls
from .calls.inspection import InspectionCalls
from .calls.runs import RunCalls
from .calls.sweep import SweepCalls
from .calls.training import TrainingCalls
from .runs.manager import TrainingRunManager


class Session(TrainingCalls, RunCalls, SweepCalls, InspectionCalls, CodeCalls, DataCalls, FileCalls, CourseCalls):
    """All runs of one page, beginning with "Run 1" in the default configuration."""

    def __init__(self) -> None:
        self._runs = TrainingRunManager()
        self._runs.create()
