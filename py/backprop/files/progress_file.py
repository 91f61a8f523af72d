"""Progress files: the learner's progress in the course as JSON, which a teacher can collect."""

import re
from typing import Any

from ..exercises.clinic import BUGS
from ..exercises.exercise import NAMES, RUNGS
from ..exercises.progress import Progress, TaskProgress
from ..fields import MAX_COUNT, Fields, check_dict
from ..limits import MAX_SOLUTION, check_text
from .strict_json import parse

FORMAT, VERSION = "backprop-progress", 1
MAX_BYTES = 8_000_000
MAX_NAME = 100  # characters of a learner's name
DEPTH = 5
CAPSTONE = "capstone"
# Every task of the course, in its order.
TASKS = (*NAMES, CAPSTONE, *(f"clinic_{number}" for number in range(1, len(BUGS) + 1)))
# Kinds of help: rungs of an exercise, lines of ours that were hidden, answers of the clinic.
HELP = (*RUNGS, "unfolded", "tensors", "line")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def read_progress(data: str | bytes) -> Progress:
    """Return the progress in a file. Solutions in it are text; nothing of it is executed.

    Raises
    ------
    ValueError
        If it is not a progress file, or a field is invalid.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"A progress file must have at most {MAX_BYTES:,} bytes")
    try:
        text = data if isinstance(data, str) else bytes(data).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("A progress file must be text in UTF-8") from None
    value = check_dict("progress", parse("progress", text, DEPTH))
    if value.get("format") != FORMAT:
        raise ValueError(f"This is not a progress file: its format is not {FORMAT}")
    fields = Fields("progress", value, ("format", "version", "name", "tasks"), prefix="")
    fields.integer("version", VERSION, VERSION, "this version of the page")
    tasks = check_dict("tasks", fields["tasks"])
    unknown = sorted(tasks.keys() - set(TASKS))
    if unknown:
        raise ValueError(f"tasks.{unknown[0][:40]} is unknown")
    name = check_text("name", fields["name"], MAX_NAME)
    return Progress(name=name, tasks={each: _task(each, tasks[each]) for each in TASKS if each in tasks})


def _task(name: str, value: Any) -> TaskProgress:
    fields = Fields(f"tasks.{name}", value, TaskProgress.__annotations__)
    taken = None if fields["attempts_to_solve"] is None else fields.integer("attempts_to_solve", 1, MAX_COUNT)
    predicted = None if fields["predicted"] is None else fields.integer("predicted", 0, 9)
    helped = check_dict(fields.label("help"), fields["help"])
    unknown = sorted(helped.keys() - set(HELP))
    if unknown:
        raise ValueError(f"{fields.label('help')}.{unknown[0][:40]} is unknown")
    return TaskProgress(
        started=_time_or_none(fields.label("started"), fields["started"]),
        solved=_time_or_none(fields.label("solved"), fields["solved"]),
        attempts=fields.integer("attempts", 0, MAX_COUNT),
        attempts_to_solve=taken,
        predicted=predicted,
        help={kind: _time(f"{fields.label('help')}.{kind}", helped[kind]) for kind in HELP if kind in helped},
        source=None if fields["source"] is None else check_text(fields.label("source"), fields["source"], MAX_SOLUTION),
        solution=check_text(fields.label("solution"), fields["solution"], MAX_SOLUTION),
    )


def _time(name: str, value: object) -> str:
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise ValueError(f"{name} must be a time in UTC, such as 2026-01-31T12:00:00Z")
    return value


def _time_or_none(name: str, value: object) -> str | None:
    return None if value is None else _time(name, value)
