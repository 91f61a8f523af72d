"""The plan of a sweep on the wire: its runs, before any of them is created."""

from typing import TypedDict

from .configs import RunConfig, Setting

# Values of one setting, such as [0.1, 0.03] or, of the hidden layers, [[16], [32, 32]].
Values = list[Setting | list[Setting] | list[list[str]]]


class PlannedRun(TypedDict):
    """A run of a sweep before it is created: its name, its config, and the sizes that follow from it.

    Attributes
    ----------
    name : the settings in which the runs differ: "lr 0.03, hidden 32-32, seed 1"
    config : all settings; `stopping.max_epochs` ends the run
    parameters : number of parameters
    steps : updates in all epochs; a run that stops early makes fewer
    """

    name: str
    config: RunConfig
    parameters: int
    steps: int


class SweepPlan(TypedDict):
    """All runs of a sweep, the last setting varying fastest, and the sum of their steps."""

    runs: list[PlannedRun]
    steps: int
