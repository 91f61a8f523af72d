"""Types of a learner's progress in the course."""

from typing import TypedDict


class TaskProgress(TypedDict):
    """Progress in one exercise, in the capstone, or in one case of the clinic. Times are UTC, in ISO 8601.

    Attributes
    ----------
    started, solved : when it was opened first, and when it was right first; None if never
    attempts : checks so far
    attempts_to_solve : checks up to the first right one, or None
    predicted : the option that was chosen before the first run, from 0, or None
    help : kind of help → when it was shown first
    source : the learner's file as it is now, or None if it was not edited
    solution : the learner's file when it was right last; "" if it never was
    """

    started: str | None
    solved: str | None
    attempts: int
    attempts_to_solve: int | None
    predicted: int | None
    help: dict[str, str]
    source: str | None
    solution: str


class Progress(TypedDict):
    """A learner's progress: a name, which may be empty, and the tasks that were opened."""

    name: str
    tasks: dict[str, TaskProgress]
