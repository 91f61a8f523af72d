"""Tasks of a page's main thread and their processor time, from a trace of Chromium."""

import json
from collections import Counter
from typing import Any, NamedTuple

CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
FRAME = "FireAnimationFrame"


class Task(NamedTuple):
    """One task: milliseconds on the clock and of the processor, and whether an animation frame is in it."""

    wall: float
    cpu: float
    draws: bool


def tasks_of(trace: bytes) -> list[Task]:
    """Return the tasks of the page that has drawn most frames, in their order."""
    events = [event for event in json.loads(trace)["traceEvents"] if event["ph"] == "X" and "tdur" in event]
    threads = Counter(thread(event) for event in events if event["name"] == FRAME)
    if not threads:
        return []
    main = threads.most_common(1)[0][0]
    mine = sorted((event for event in events if thread(event) == main), key=lambda event: event["ts"])
    frames = [event["ts"] for event in mine if event["name"] == FRAME]
    found = []
    for event in mine:
        if event["name"] == "RunTask":
            draws = any(event["ts"] <= at <= event["ts"] + event["dur"] for at in frames)
            found.append(Task(event["dur"] / 1000, event["tdur"] / 1000, draws))
    return found


def thread(event: dict[str, Any]) -> tuple[int, int]:
    """Return the process and the thread of an event."""
    return event["pid"], event["tid"]


def frames_of(tasks: list[Task]) -> list[float]:
    """Return the processor time of each frame in milliseconds: of its task, and of all tasks since the last frame."""
    frames, spent = [], 0.0
    for task in tasks:
        spent += task.cpu
        if task.draws:
            frames.append(spent)
            spent = 0.0
    return frames
